package rebuild

import (
	"os"
	"os/exec"

	"golang.org/x/sys/windows"
)

func ownGroup(*exec.Cmd) {}

// There is no way to ask a process without a console to end.
func terminate(p *os.Process) { p.Kill() }
func kill(p *os.Process)      { p.Kill() }

func awaitExit(p *os.Process) error {
	var err error
	handleErr := p.WithHandle(func(handle uintptr) {
		_, err = windows.WaitForSingleObject(windows.Handle(handle), windows.INFINITE)
	})
	if handleErr != nil {
		return handleErr
	}
	return err
}

// awaitGroup has nothing to wait for: the process was all of the group.
func awaitGroup(int) {}
