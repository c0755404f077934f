//go:build linux || darwin || freebsd

package control

import (
	"context"
	"net"
	"path/filepath"
	"syscall"
	"testing"
)

// tired is a listener whose first accepts fail.
type tired struct {
	net.Listener
	failures chan error
}

func (l *tired) Accept() (net.Conn, error) {
	select {
	case err := <-l.failures:
		return nil, &net.OpError{Op: "accept", Net: "unix", Err: err}
	default:
		return l.Listener.Accept()
	}
}

// A machine that has no memory for a moment must not cost the control socket.
func TestAcceptFails(t *testing.T) {
	path := filepath.Join(shortDir(t), "c.sock")
	s := listen(t, path)
	l := &tired{s.listener, make(chan error, 2)}
	for _, err := range []error{syscall.ENOMEM, syscall.ENOBUFS} {
		l.failures <- err
	}
	s.listener = l
	serve(t, s, fake{status: func(context.Context) (Status, error) { return Status{}, nil }})
	if _, err := NewClient(path).Status(t.Context()); err != nil {
		t.Error(err)
	}
	if len(l.failures) > 0 {
		t.Error("no accept has failed")
	}
}
