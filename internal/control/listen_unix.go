//go:build linux || darwin || freebsd

package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// Listen opens the control socket at path, mode 0600. A directory that is missing
// is made with mode 0700. What a dead supervisor left there is replaced; a living
// one is left alone: *InUseError.
func Listen(path string) (*Server, error) {
	if err := checkPath(path); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("cannot open the control socket: %w", err)
	}
	unlock, err := lock(path)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := clearStale(path); err != nil {
		return nil, err
	}
	return open(path)
}

func checkPath(path string) error {
	if len(path) > maxPath {
		return fmt.Errorf("cannot open the control socket: %s has %d bytes, a socket's path at most %d", path, len(path), maxPath)
	}
	if !filepath.IsAbs(path) {
		return fmt.Errorf("cannot open the control socket: %q is not an absolute path", path)
	}
	return nil
}

func open(path string) (*Server, error) {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("cannot open the control socket: %w", err)
	}
	// By default a listener unlinks its path even if that is another's by now.
	l.SetUnlinkOnClose(false)
	// Until here the umask ruled; who slipped in meanwhile is asked who it is.
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open the control socket: %w", err), l.Close())
	}
	file, err := os.Lstat(path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open the control socket: %w", err), l.Close())
	}
	s := &Server{listener: l, path: path, file: file, who: peerUID, own: os.Geteuid()}
	s.close = sync.OnceValue(s.release)
	return s, nil
}

// clearStale removes a socket on which nobody answers. The lock is held: nobody
// else is between bind and listen there, when a live socket looks dead.
func clearStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot open the control socket: %w", err)
	}
	if info.Mode().Type() != os.ModeSocket {
		return fmt.Errorf("cannot open the control socket: %s is there already and is no socket (%s)", path, info.Mode())
	}
	c, err := net.Dial("unix", path)
	switch {
	case err == nil:
		c.Close()
		return &InUseError{Path: path, PID: askPID(path)}
	case errors.Is(err, syscall.ECONNREFUSED):
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("cannot replace the control socket of a supervisor that is gone: %w", err)
		}
		return nil
	}
	return fmt.Errorf("cannot open the control socket: cannot tell whether %s is in use: %w", path, err)
}

func askPID(path string) int {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	st, err := NewClient(path).Status(ctx)
	if err != nil {
		return 0
	}
	return st.PID
}

// removeOwn removes the socket that file describes. While another supervisor
// starts there, which the lock tells, the path is left to it.
func removeOwn(path string, file os.FileInfo) error {
	unlock, err := lock(path)
	if err != nil {
		return nil
	}
	defer unlock()
	now, err := os.Lstat(path)
	if err != nil || !sameSocket(now, file) {
		return nil
	}
	return os.Remove(path)
}
