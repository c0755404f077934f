//go:build linux || darwin || freebsd

package control

import "net"

// onFD runs f on the descriptor of c without taking it out of the poller.
func onFD(c *net.UnixConn, f func(fd int) error) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = f(int(fd)) }); err != nil {
		return err
	}
	return inner
}
