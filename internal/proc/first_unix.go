//go:build unix

package proc

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// First reports whether this is process 1, as in a container: whatever loses its
// parent becomes its child.
func First() bool { return os.Getpid() == 1 }

// BeFirst is what process 1 does: it runs this program once more as its only child
// of its own, passes signals on, and reaps orphans. They would stay zombies
// otherwise, since a program cannot wait for any child without taking those from
// itself that it started. It returns the exit code when the child has ended, which
// ends everything else, too.
func BeFirst() int {
	signals := make(chan os.Signal, 64)
	signal.Notify(signals)
	child, err := again()
	if err != nil {
		fmt.Fprintf(os.Stderr, "supervisor: error: cannot run as process 1: %v\n", err)
		return 1
	}
	for s := range signals {
		switch s {
		case unix.SIGCHLD:
			if code, ended := reapAll(child); ended {
				return code
			}
		case unix.SIGURG, unix.SIGPIPE, unix.SIGTSTP:
			// The Go runtime's own, or about a terminal that is the child's.
		default:
			syscall.Kill(child, s.(syscall.Signal))
		}
	}
	return 1
}

// again starts this program with all that it was started with. On a terminal it is
// in the foreground alone: Ctrl-C must not reach it twice.
func again() (pid int, err error) {
	path, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.Command(path)
	cmd.Args = os.Args
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if _, err := unix.IoctlGetInt(0, unix.TIOCGPGRP); err == nil {
		cmd.SysProcAttr.Foreground = true
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	return cmd.Process.Pid, nil
}

// reapAll takes all children that have ended, and tells whether the one was among
// them.
func reapAll(child int) (code int, ended bool) {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil || pid <= 0:
			return code, ended
		case pid == child && status.Signaled():
			code, ended = 128+int(status.Signal()), true
		case pid == child:
			code, ended = status.ExitStatus(), true
		}
	}
}
