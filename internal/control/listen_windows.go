package control

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// Listen opens the control pipe that belongs to path, for this user and
// administrators, and makes the file at path that says so. What a dead supervisor
// left there is replaced; a living one is left alone: *InUseError.
func Listen(path string) (*Server, error) {
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("cannot open the control pipe: %q is not an absolute path", path)
	}
	who, err := access()
	if err != nil {
		return nil, fmt.Errorf("cannot open the control pipe: %w", err)
	}
	l, err := winio.ListenPipe(pipeOf(path), &winio.PipeConfig{SecurityDescriptor: who})
	// Only the first instance of a pipe says who may use it, and there is one already.
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_PIPE_BUSY) || errors.Is(err, os.ErrExist) {
		return nil, &InUseError{Path: path, PID: askPID(path)}
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open the control pipe: %w", err)
	}
	file, err := mark(path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open the control pipe: %w", err), l.Close())
	}
	s := &Server{listener: l, path: path, file: file}
	s.close = sync.OnceValue(s.release)
	return s, nil
}

// mark makes the file. The pipe is ours, so the place is. What is there is not written
// to: it may be somebody's link to a file that only we can write.
func mark(path string) (os.FileInfo, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(pipeOf(path) + "\r\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return os.Lstat(path)
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

// removeOwn removes the file, unless a supervisor that came meanwhile has written it
// anew.
func removeOwn(path string, file os.FileInfo) error {
	now, err := os.Lstat(path)
	if err != nil || !sameSocket(now, file) {
		return nil
	}
	return os.Remove(path)
}

var errSuccessor = &UnsupportedError{
	What:    "leave the control pipe to another supervisor",
	Instead: "stop this supervisor and start the new one",
}

// Duplicate would be for the supervisor that succeeds this one.
func (s *Server) Duplicate() (int, error) { return -1, errSuccessor }

// Inherit would take over the control pipe.
func Inherit(string, int) (*Server, error) { return nil, errSuccessor }
