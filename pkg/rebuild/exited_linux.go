package rebuild

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// awaitExit returns when p has exited, and leaves it to be reaped.
func awaitExit(p *os.Process) error {
	for {
		err := unix.Waitid(unix.P_PID, p.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
