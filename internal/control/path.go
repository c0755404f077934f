package control

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// PathOptions is what decides where a control socket is.
type PathOptions struct {
	Control string // --control: the path itself; "" is $SUPERVISOR_CONTROL
	Config  string // the first -c file, if there is one
	Dir     string // "" is the working directory
}

// Path tells where a supervisor with these options has its socket, and makes the
// directory: the explicit path, else a name made from the config file, or from the
// directory without one, in the first of these that there is
//
//	$RUNTIME_DIRECTORY         the first of its list; systemd sets it, see systemd.exec(5)
//	/run/supervisor            for root; /var/run/supervisor on FreeBSD and macOS
//	$XDG_RUNTIME_DIR/supervisor
//	$TMPDIR/supervisor-UID
//	%ProgramData%\supervisor\run     on Windows for an elevated process
//	%LOCALAPPDATA%\supervisor\run    on Windows for others
//
// A directory that belongs to another user, or that others may write to, is refused.
// On Windows a file there stands for a pipe whose name is made from its path.
func Path(o PathOptions) (string, error) {
	p, err := locate(o)
	if err != nil || p.dir == "" {
		return p.path, err
	}
	if err := makePrivate(p.dir); err != nil {
		return "", err
	}
	return p.path, nil
}

// place is where a socket should be.
type place struct {
	path string
	dir  string // the runtime directory; "" with an explicit path
}

func (o PathOptions) explicit() string {
	if o.Control != "" {
		return o.Control
	}
	return os.Getenv("SUPERVISOR_CONTROL")
}

func locate(o PathOptions) (place, error) {
	if c := o.explicit(); c != "" {
		abs, err := filepath.Abs(c)
		if err != nil {
			return place{}, fmt.Errorf("cannot find the control socket: %w", err)
		}
		return place{path: abs}, nil
	}
	dir, err := runtimeDir(os.Getenv, os.Geteuid())
	if err != nil {
		return place{}, err
	}
	key, err := o.key()
	if err != nil {
		return place{}, err
	}
	return place{filepath.Join(dir, key+socketSuffix), dir}, nil
}

const (
	socketSuffix = ".sock"
	maxName      = 20 // leaves room in the 104 bytes of a path for a long $TMPDIR
)

// key names a supervisor by what it supervises: for a reader and, by the hash of
// the absolute path, for sure. Links in it are not resolved: what "current" links
// to changes with each release, the supervisor stays the same.
func (o PathOptions) key() (string, error) {
	of := o.Config
	if of == "" {
		of = o.Dir
	}
	abs, err := filepath.Abs(of)
	if err != nil {
		return "", fmt.Errorf("cannot find the control socket: %w", err)
	}
	sum := sha256.Sum256([]byte(abs))
	return readable(abs, o.Config != "") + "-" + hex.EncodeToString(sum[:5]), nil
}

// readable is the last part of path that tells something: "web" for both
// /etc/web.toml and /srv/web/supervisor.toml.
func readable(path string, isFile bool) string {
	name := filepath.Base(path)
	if isFile {
		name = strings.TrimSuffix(name, filepath.Ext(name))
		if name == "supervisor" {
			name = filepath.Base(filepath.Dir(path))
		}
	}
	name = strings.Map(plain, name)
	return name[:min(len(name), maxName)]
}

func plain(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
		return r
	}
	return '_'
}
