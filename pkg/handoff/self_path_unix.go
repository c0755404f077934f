//go:build unix

package handoff

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// nameExecutable makes os.Args[0], which tableflip starts, mean the same file from
// wherever: a link in it is kept, because a release may be a new target of it. A name
// that is not that of the program (exec -a) gives way to its file.
func nameExecutable() error {
	name, err := exec.LookPath(os.Args[0])
	if err == nil {
		name, err = filepath.Abs(name)
	}
	if err == nil && isProgram(name) {
		os.Args[0] = name
		return nil
	}
	if name, err = os.Executable(); err != nil {
		return fmt.Errorf("cannot prepare to be upgraded: cannot find this program's own file: %w", err)
	}
	os.Args[0] = name
	return nil
}

func isProgram(name string) bool {
	file, err := os.Stat(name)
	if err != nil {
		return false
	}
	if running, err := os.Stat("/proc/self/exe"); err == nil {
		return os.SameFile(file, running)
	}
	return true
}
