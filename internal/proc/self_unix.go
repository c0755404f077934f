//go:build unix

package proc

import (
	"os"
	"os/exec"
	"syscall"
)

// guardianName is by what the program's own binary knows that it is the guardian.
const guardianName = "supervisor-guardian"

// orderFD is where a process of our own finds the pipe or socket to its master.
const orderFD = 3

// Again is this program executed once more, under a name by which another room's init
// knows what for, with f at fd 3. It gets our environment, and nothing else.
func Again(name string, f *os.File) *exec.Cmd { return self(name, f) }

// self is this program executed once more, under another name, with f at fd 3, in
// a process group of its own: a terminal's Ctrl-C is not meant for it.
func self(name string, f *os.File) *exec.Cmd {
	return &exec.Cmd{
		Path: executable(),
		Args: []string{name},
		// One processor will do: it has next to nothing to do.
		Env:         append(os.Environ(), "GOMAXPROCS=1"),
		ExtraFiles:  []*os.File{f},
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
	}
}

// init makes this process the guardian if it was executed to be it. It does so here,
// and not in main, because the packages that sort behind this one have not been
// initialized yet: what a guardian does not touch it does not hold.
func init() {
	if os.Args[0] == guardianName {
		os.Exit(guard())
	}
}
