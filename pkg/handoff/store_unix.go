//go:build unix

package handoff

import (
	"syscall"

	"golang.org/x/sys/unix"
)

func closeFD(fd int) { syscall.Close(fd) }

// sameFile reports whether two descriptors stand for one file or socket.
func sameFile(a, b int) bool {
	var sa, sb syscall.Stat_t
	return syscall.Fstat(a, &sa) == nil && syscall.Fstat(b, &sb) == nil && sa.Dev == sb.Dev && sa.Ino == sb.Ino
}

// hungUp reports whether the other end is gone, as systemd looks for with
// EPOLLHUP and EPOLLERR.
func hungUp(fd int) bool {
	polled := []unix.PollFd{{Fd: int32(fd)}}
	n, err := unix.Poll(polled, 0)
	return err == nil && n > 0 && polled[0].Revents&(unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0
}
