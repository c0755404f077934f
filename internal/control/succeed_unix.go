//go:build linux || darwin || freebsd

package control

import (
	"fmt"
	"net"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Duplicate is the socket for the supervisor that will succeed this one: a descriptor
// for Inherit there, which the caller closes here.
func (s *Server) Duplicate() (fd int, err error) {
	raw, err := s.listener.(*net.UnixListener).SyscallConn()
	if err != nil {
		return -1, err
	}
	// File of net.UnixListener would make the socket block, for both supervisors.
	var failed error
	err = raw.Control(func(own uintptr) {
		fd, failed = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return -1, fmt.Errorf("cannot leave the control socket to another supervisor: %w", err)
	}
	return fd, nil
}

// Inherit makes a server of the socket of a supervisor that is succeeded. It takes fd.
func Inherit(path string, fd int) (*Server, error) {
	f := os.NewFile(uintptr(fd), path)
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("cannot take over the control socket: %w", err)
	}
	own, ok := l.(*net.UnixListener)
	if !ok {
		l.Close()
		return nil, fmt.Errorf("cannot take over the control socket: %s is no unix socket", path)
	}
	file, err := os.Lstat(path)
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("cannot take over the control socket: %w", err)
	}
	s := &Server{listener: own, path: path, file: file, who: peerUID, own: os.Geteuid()}
	s.close = sync.OnceValue(s.release)
	return s, nil
}
