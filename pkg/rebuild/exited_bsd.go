//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package rebuild

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// awaitExit returns when p has exited, and leaves it to be reaped. kqueue is
// what all BSDs have in common: waitid is missing on some, and on macOS it also
// returns when a process is stopped (golang.org/issue/19314).
func awaitExit(p *os.Process) error {
	queue, err := unix.Kqueue()
	if err != nil {
		return err
	}
	defer unix.Close(queue)
	unix.CloseOnExec(queue)

	var exit unix.Kevent_t
	unix.SetKevent(&exit, p.Pid, unix.EVFILT_PROC, unix.EV_ADD|unix.EV_ONESHOT)
	exit.Fflags = unix.NOTE_EXIT
	changes := []unix.Kevent_t{exit}
	events := make([]unix.Kevent_t, 1)
	for {
		_, err := unix.Kevent(queue, changes, events, nil)
		switch {
		case errors.Is(err, unix.ESRCH): // a zombie already
			return nil
		case !errors.Is(err, unix.EINTR):
			return err
		}
		changes = nil // they are applied even if the wait is interrupted
	}
}
