//go:build unix

package handoff

import (
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// readQueued reads what the kernel has received and does not wait: nothing is [os.ErrDeadlineExceeded].
// It changes the read deadline.
func readQueued(c net.Conn, p []byte) (n int, err error) {
	if err := c.SetReadDeadline(time.Time{}); err != nil {
		return 0, err
	}
	file, ok := c.(syscall.Conn)
	if !ok {
		return readSoon(c, p)
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return 0, err
	}
	if failed := raw.Read(func(fd uintptr) bool {
		for n, err = syscall.Read(int(fd), p); err == syscall.EINTR; {
			n, err = syscall.Read(int(fd), p)
		}
		return true
	}); failed != nil {
		return 0, failed
	}
	switch {
	case err == syscall.EAGAIN:
		return 0, os.ErrDeadlineExceeded
	case err != nil:
		return 0, os.NewSyscallError("read", err)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}
