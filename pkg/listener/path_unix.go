//go:build unix

package listener

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// openPath binds a unix path, at most once more after it removed a stale one.
func openPath(ctx context.Context, a Address) (*Socket, error) {
	uid, gid, err := lookUp(a)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %v: %w", a, err)
	}
	s, err := bindPath(ctx, a)
	if errors.Is(err, unix.EADDRINUSE) {
		if err := removeStale(a); err != nil {
			return nil, err
		}
		s, err = bindPath(ctx, a)
	}
	if err != nil {
		return nil, explainPath(a, err)
	}
	if err := s.permit(uid, gid); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func bindPath(ctx context.Context, a Address) (*Socket, error) {
	// Until chown has run, the group is ours and not the one that was asked
	// for: it must not get in.
	birth := a.mode()
	if a.Owner != "" || a.Group != "" {
		birth &= 0o700
	}
	s, err := bind(ctx, a, func(fd int) error { return setBirthMode(fd, birth) })
	if err != nil {
		return nil, err
	}
	if s.file, err = os.Lstat(a.path()); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// path is the file system path of the socket, empty if it has none.
func (a Address) path() string {
	if !a.unix() || a.abstract() {
		return ""
	}
	return a.Addr
}

func (a Address) mode() fs.FileMode {
	if a.Mode == 0 {
		return DefaultMode
	}
	return a.Mode
}

// permit comes after the bind, which applies the umask.
func (s *Socket) permit(uid, gid int) error {
	path := s.address.path()
	if uid >= 0 || gid >= 0 {
		if err := os.Lchown(path, uid, gid); err != nil {
			return fmt.Errorf("cannot change the owner of %s: %w (only root can give a file away)", path, bare(err))
		}
	}
	if err := os.Chmod(path, s.address.mode()); err != nil {
		return fmt.Errorf("cannot change the mode of %s: %w", path, bare(err))
	}
	return nil
}

func (s *Socket) unlink() error {
	if s.file == nil {
		return nil
	}
	path := s.address.path()
	now, err := os.Lstat(path)
	if err != nil || !os.SameFile(s.file, now) {
		return nil // gone, or somebody else's by now
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("cannot remove %s: %w", path, bare(err))
	}
	return nil
}

func explainPath(a Address, err error) error {
	dir := filepath.Dir(a.path())
	switch {
	case errors.Is(err, unix.ENOENT):
		return fmt.Errorf("cannot listen on %v: %w: make the directory %s first", a, unix.ENOENT, dir)
	case errors.Is(err, unix.EACCES):
		return fmt.Errorf("cannot listen on %v: %w in the directory %s", a, unix.EACCES, dir)
	}
	return explain(a, err)
}

// bare drops the operation and the path, which our own sentence has.
func bare(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
