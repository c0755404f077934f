//go:build linux || darwin || freebsd

package control

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// leaveStale makes a socket on which nobody listens any more.
func leaveStale(t *testing.T, path string) string {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	return path
}

func TestModes(t *testing.T) {
	dir := filepath.Join(shortDir(t), "deep", "er")
	s := listen(t, filepath.Join(dir, "c.sock"))
	for path, want := range map[string]os.FileMode{s.Path(): 0o600, dir: 0o700, filepath.Dir(dir): 0o700} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", path, got, want)
		}
	}
}

func TestPathTooLong(t *testing.T) {
	dir := shortDir(t)
	longest := filepath.Join(dir, strings.Repeat("x", maxPath-len(dir)-1))
	listen(t, longest)
	_, err := Listen(longest + "x")
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("has %d bytes", maxPath+1)) {
		t.Errorf("got %v", err)
	}
}

func TestStaleSocketIsReplaced(t *testing.T) {
	path := leaveStale(t, filepath.Join(shortDir(t), "c.sock"))
	serve(t, listen(t, path), itIs(7))
	if st, err := NewClient(path).Status(t.Context()); err != nil || st.PID != 7 {
		t.Errorf("got %+v, %v", st, err)
	}
}

func TestLiveSocketIsLeftAlone(t *testing.T) {
	c, path := start(t, itIs(4711))
	_, err := Listen(path)
	var inUse *InUseError
	if !errors.As(err, &inUse) || inUse.PID != 4711 || !strings.Contains(err.Error(), "another supervisor answers on "+path+" (pid 4711)") {
		t.Errorf("got %v", err)
	}
	if st, err := c.Status(t.Context()); err != nil || st.PID != 4711 {
		t.Errorf("after the attempt: %+v, %v", st, err)
	}
}

func TestFileIsNotReplaced(t *testing.T) {
	path := filepath.Join(shortDir(t), "c.sock")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(path); err == nil {
		t.Error("no error")
	}
	if b, err := os.ReadFile(path); string(b) != "precious" {
		t.Errorf("the file is now %q, %v", b, err)
	}
}

func TestCloseRemovesItsSocket(t *testing.T) {
	s := listen(t, filepath.Join(shortDir(t), "c.sock"))
	serve(t, s, fake{})()
	wantEntries(t, filepath.Dir(s.Path()))
}

func TestStolenPathIsKept(t *testing.T) {
	s := listen(t, filepath.Join(shortDir(t), "c.sock"))
	if err := os.Remove(s.Path()); err != nil {
		t.Fatal(err)
	}
	thief := listen(t, s.Path())
	serve(t, thief, itIs(8))
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if st, err := NewClient(s.Path()).Status(t.Context()); err != nil || st.PID != 8 {
		t.Errorf("the new owner lost its path: %+v, %v", st, err)
	}
}

// Of many supervisors that start at once on what a dead one left, one wins, and
// the socket at the path is the winner's.
func TestOneOfManyWins(t *testing.T) {
	for range 20 {
		path := leaveStale(t, filepath.Join(shortDir(t), "c.sock"))
		var won [8]*Server
		var wg sync.WaitGroup
		for i := range won {
			wg.Go(func() {
				if s, err := Listen(path); err == nil {
					serve(t, s, itIs(i))
					won[i] = s
				}
			})
		}
		wg.Wait()
		winners := 0
		for _, s := range won {
			if s == nil {
				continue
			}
			winners++
			if info, err := os.Lstat(path); err != nil || !sameSocket(info, s.file) {
				t.Errorf("the path is not the winner's: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		if winners != 1 {
			t.Fatalf("%d winners", winners)
		}
		wantEntries(t, filepath.Dir(path))
	}
}

// Between open and lock the former holder may have removed the lock file.
func TestRemovedLockFileIsNoLock(t *testing.T) {
	name := filepath.Join(shortDir(t), "c.sock.lock")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !holds(f, name) {
		t.Error("a lock file is not known again")
	}
	os.Remove(name)
	if holds(f, name) {
		t.Error("a removed file counts")
	}
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if holds(f, name) {
		t.Error("a removed file counts for its successor")
	}
}

func wantEntries(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s has %q, want %q", dir, got, want)
	}
}
