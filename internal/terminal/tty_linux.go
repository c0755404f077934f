package terminal

import (
	"fmt"

	"golang.org/x/sys/unix"
)

const (
	getMode = unix.TCGETS
	setMode = unix.TCSETS
)

// ttyName: the terminal that controls this process can be opened by whoever runs
// it, whoever owns it; another one through procfs, whatever its mount.
func ttyName(fd int) (string, error) {
	if _, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err == nil {
		return "/dev/tty", nil
	}
	return fmt.Sprintf("/proc/self/fd/%d", fd), nil
}
