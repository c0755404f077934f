package supervise

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// ownDir holds the notify sockets of services that run as we do. Nobody else gets in.
const ownDir = "own"

// layOut makes the directory of notify sockets. It may be passed by all users but not
// be listed: the sockets of services with another user lie right in it, each its
// user's alone.
func layOut(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, ownDir), 0o700); err != nil {
		return err
	}
	return os.Chmod(dir, 0o711)
}

// receive makes the notify socket of a process.
func (y *System) receive(s Service) (*handoff.Receiver, error) {
	name := strconv.FormatInt(y.sockets.Add(1), 10)
	if !s.foreign() {
		return handoff.Receive(filepath.Join(y.Dir, ownDir, name))
	}
	path := filepath.Join(y.Dir, name)
	r, err := handoff.Receive(path)
	if err != nil {
		return nil, err
	}
	// In this order: as soon as it is the user's, it is nobody else's.
	if err := errors.Join(os.Chmod(path, 0o600), os.Chown(path, s.Settings.User.UID, -1)); err != nil {
		r.Close()
		return nil, fmt.Errorf("cannot give user %s its notify socket: %w", s.Settings.User.Name, err)
	}
	return r, nil
}

// foreign reports whether the service runs as another user than we do.
func (s Service) foreign() bool {
	return s.Settings.User != nil && s.Settings.User.UID != os.Geteuid()
}

// settings are those of the service for this process.
func (c *child) settings(s Service) proc.Settings {
	set := s.Settings
	set.Join, set.Tree = c.group.FDs(), s.tree()
	if s.foreign() {
		set.Writes = append(slices.Clone(set.Writes), c.messages.Path())
	}
	return set
}

// share lets the service's user execute what we have built. The directories are ours
// and hold nothing else; those above them are left as they are.
func share(l Launch) error {
	path := l.Artifact.Path
	if path == "" || !l.Service.foreign() {
		return nil
	}
	dir := filepath.Dir(path)
	for _, p := range []string{path, dir, filepath.Dir(dir)} {
		info, err := os.Stat(p)
		if err == nil && info.Mode().Perm()&0o055 != 0o055 {
			err = os.Chmod(p, info.Mode().Perm()|0o055)
		}
		if err != nil {
			return fmt.Errorf("cannot let user %s execute what was built: %w", l.Service.Settings.User.Name, err)
		}
	}
	return nil
}

// groups is what the names of control groups begin with.
func (y *System) groups() string { return cmp.Or(y.Groups, "supervisor") }

// stripUser returns the environment without what is about our own user, its session,
// or the unit that we are.
func stripUser(env []string) []string {
	return slices.DeleteFunc(env, func(kv string) bool {
		key, _, _ := strings.Cut(kv, "=")
		switch key {
		case "HOME", "USER", "LOGNAME", "SHELL", "MAIL", "CREDENTIALS_DIRECTORY", "MEMORY_PRESSURE_WATCH", "MEMORY_PRESSURE_WRITE",
			"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
			"DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK", "SUDO_COMMAND", "SUDO_USER", "SUDO_UID", "SUDO_GID":
			return true
		}
		return false
	})
}
