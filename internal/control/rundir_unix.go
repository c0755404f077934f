//go:build linux || darwin || freebsd

package control

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// runtimeDir picks the directory; it makes nothing.
func runtimeDir(getenv func(string) string, uid int) (string, error) {
	if list := getenv("RUNTIME_DIRECTORY"); list != "" {
		dir, _, _ := strings.Cut(list, ":")
		return dir, nil
	}
	// Not the directory of root's login, of which a system service knows nothing.
	if uid == 0 {
		return filepath.Join(runDir, "supervisor"), nil
	}
	// After su or sudo the variable may still be the other user's.
	if dir := getenv("XDG_RUNTIME_DIR"); dir != "" && ownedBy(dir, uid) {
		return filepath.Join(dir, "supervisor"), nil
	}
	dir := getenv("TMPDIR")
	if dir == "" {
		dir = "/tmp"
	}
	return filepath.Join(dir, fmt.Sprintf("supervisor-%d", uid)), nil
}

func ownedBy(dir string, uid int) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir() && ownerOf(info) == uid
}

func ownerOf(info os.FileInfo) int {
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

// makePrivate makes dir, mode 0700, or accepts the one that is there.
func makePrivate(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("cannot make a directory for the control socket: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("cannot make a directory for the control socket: %w", err)
	}
	return checkPrivate(dir, os.Geteuid())
}

// checkPrivate refuses a directory in which another user could have put a socket.
func checkPrivate(dir string, uid int) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("cannot use the directory of the control socket: %w", err)
	}
	switch owner := ownerOf(info); {
	case !info.IsDir():
		return fmt.Errorf("cannot use %s for the control socket: it is no directory", dir)
	case owner != uid:
		return fmt.Errorf("cannot use %s for the control socket: it belongs to user %d", dir, owner)
	case info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("cannot use %s for the control socket: others may write to it (mode %04o)", dir, info.Mode().Perm())
	}
	return nil
}
