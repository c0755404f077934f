//go:build unix

package e2e

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A config says what the service named web serves, and how.
type config struct {
	socket  string // http, tcp, unix or udp
	as      string // what it is named; "": as its kind
	address string
	source  string // built from here if not empty, else the service as it is
	program string // where that lies; "": where it was built
	hold    string // how long the service keeps held connections after draining began
	linger  string // how long it keeps idle ones; "": as a service does that says nothing
	more    string // the rest of the file, with ROSTER where the roster's address goes
}

// write makes FILE in dir. The service tells the roster what becomes of it.
func (c config) write(t *testing.T, dir, roster string) string {
	t.Helper()
	path := filepath.Join(dir, "supervisor.toml")
	if err := os.WriteFile(path, []byte(c.service(t, "web", roster)), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// service is what the file says of one service.
func (c config) service(t *testing.T, name, roster string) string {
	t.Helper()
	args := []string{"-" + c.socket, c.address, "-roster", roster}
	if c.hold != "" {
		args = append(args, "-hold", c.hold)
	}
	if c.linger != "" {
		args = append(args, "-linger", c.linger)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "[services.%s]\nlisten = [%q]\n", name, cmp.Or(c.as, c.socket)+"="+c.url())
	if c.source != "" {
		fmt.Fprintf(&b, "package = \".\"\ndir = %q\nargs = %s\n", c.source, quoted(args))
	} else {
		program := c.program
		if program == "" {
			program = built(t, programs.service)
		}
		fmt.Fprintf(&b, "command = %s\n", quoted(append([]string{program}, args...)))
	}
	b.WriteString(strings.ReplaceAll(c.more, "ROSTER", roster))
	return b.String()
}

func (c config) url() string {
	switch c.socket {
	case "unix":
		return "unix://" + c.address
	case "udp":
		return "udp://" + c.address
	}
	return "tcp://" + c.address
}

// quoted is a TOML array of strings.
func quoted(list []string) string {
	var q []string
	for _, s := range list {
		q = append(q, fmt.Sprintf("%q", s))
	}
	return "[" + strings.Join(q, ", ") + "]"
}

// shortDir is a directory whose name leaves room for a unix socket's.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
