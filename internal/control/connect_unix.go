//go:build linux || darwin || freebsd

package control

import (
	"context"
	"errors"
	"net"
	"syscall"
)

func connect(ctx context.Context, path string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", path)
}

// refused reports whether there is a socket on which nobody listens any more.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// cut reports whether the connection was there and is not any more.
func cut(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
