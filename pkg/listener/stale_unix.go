//go:build unix

package listener

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// removeStale removes a socket that nobody listens on: connect(2) says
// ECONNREFUSED to it, whatever its type.
func removeStale(a Address) error {
	path := a.path()
	before, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return explainPath(a, err)
	}
	if before.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("cannot listen on %v: %s is %s, not a socket: remove it or use another path", a, path, kind(before.Mode()))
	}
	if !errors.Is(probe(a), unix.ECONNREFUSED) {
		return &InUseError{a, holder(a, nil)}
	}
	// Somebody else may have replaced the stale socket since. The time tells
	// a new file from an old one that got the same inode number.
	after, err := os.Lstat(path)
	if err == nil && (!os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime())) {
		return &InUseError{a, holder(a, nil)}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot listen on %v: cannot remove the stale socket: %w", a, bare(err))
	}
	return nil
}

// probe connects without waiting: EAGAIN, from a full queue, is life too.
func probe(a Address) error {
	typ := map[string]int{"unix": unix.SOCK_STREAM, "unixgram": unix.SOCK_DGRAM, "unixpacket": unix.SOCK_SEQPACKET}[a.Network]
	syscall.ForkLock.RLock()
	fd, err := unix.Socket(unix.AF_UNIX, typ, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	return unix.Connect(fd, &unix.SockaddrUnix{Name: a.path()})
}

func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m.IsRegular():
		return "a regular file"
	}
	return "a special file"
}
