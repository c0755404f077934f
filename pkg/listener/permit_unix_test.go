//go:build unix

package listener

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPermit(t *testing.T) {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "web.sock")
	a := Address{Name: "web", Network: "unix", Addr: path, Mode: 0o600}
	s, err := Open(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mode := func() os.FileMode {
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	a.Mode = 0o666
	if err := s.Permit(a); err != nil || mode() != 0o666 || s.Address() != a {
		t.Errorf("%v: mode %o, address %v", err, mode(), s.Address())
	}
	bad := a
	bad.Mode, bad.Owner = 0o600, "no-such-user"
	if err := s.Permit(bad); err == nil || !strings.Contains(err.Error(), `unknown owner "no-such-user"`) {
		t.Errorf("got %v", err)
	}
	if mode() != 0o666 || s.Address() != a {
		t.Errorf("mode %o, address %v: a failure changes nothing", mode(), s.Address())
	}
}
