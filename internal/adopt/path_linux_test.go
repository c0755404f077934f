package adopt

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// shortDir is one that leaves room for a name in an address.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "adopt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// connects returns a client of a path.
func connects(t *testing.T, path string) net.Conn {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// beside lists what else is in the directory of a path.
func beside(t *testing.T, path string) []string {
	t.Helper()
	all, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		if e.Name() != filepath.Base(path) {
			names = append(names, e.Name())
		}
	}
	return names
}

// Unix sockets are handed over under load, whatever the server does on SIGTERM.
func TestPathHandoffs(t *testing.T) {
	for _, server := range []string{"plain", "drain"} {
		t.Run(server, func(t *testing.T) {
			b, path := newBench(t), filepath.Join(shortDir(t), "s")
			old := b.start(server, path)
			old.await()
			old.steer()
			if learnt := b.table.Learnt(); !slices.Equal(learnt, []Learnt{{"unix", path}}) {
				t.Errorf("learnt: %v", learnt)
			}
			end := b.loaded(load.Config{Load: load.Unix, Path: "/?d=20ms", Address: path, Workers: 16, Rate: 400})
			const handoffs = 20
			for range handoffs {
				next := b.start(server, path)
				next.await()
				next.steer()
				old.quiesce()
				old.end()
				old = next
			}
			r := end()
			t.Log(r)
			if r.Requests == 0 || r.Failed() != 0 {
				t.Errorf("want no loss: %v", r)
			}
			if left := beside(t, path); len(left) != 0 {
				t.Errorf("left beside the path: %v", left)
			}
		})
	}
}

// The path is the new version's only when that serves, and goes back.
func TestPathGoesBack(t *testing.T) {
	b, path := newBench(t), filepath.Join(shortDir(t), "s")
	old := b.start("plain", path)
	old.await()
	old.steer()
	at := fileOf(t, path)
	next := b.start("plain", path)
	next.await()
	if fileOf(t, path) != at {
		t.Error("the path is the new version's before that serves")
	}
	next.steer()
	if fileOf(t, path) == at {
		t.Error("the path is still the old version's")
	}
	if err := b.table.Steer(old.Generation); err != nil {
		t.Fatal(err)
	}
	if fileOf(t, path) != at {
		t.Error("the path did not go back")
	}
	next.Kill()
	<-next.gone
	connects(t, path)
	if left := beside(t, path); len(left) != 0 {
		t.Errorf("left beside the path: %v", left)
	}
}

func fileOf(t *testing.T, path string) file {
	t.Helper()
	s, err := spotOf(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	return fileAt(s.dir, s.base)
}

// What waits in the queue of a process that was killed is answered by the one that
// binds next.
func TestPathCrash(t *testing.T) {
	b, path := newBench(t), filepath.Join(shortDir(t), "s")
	old := b.start("plain", path)
	old.await()
	old.steer()
	old.freeze()
	waiting := queueAt(t, "unix", path)
	old.Kill()
	<-old.gone
	b.last--
	next := b.start("plain", path)
	next.await()
	waiting.answered(t)
}

// A first version whose calls of unlink do not wait removes the path when it ends. It
// is put back at once.
func TestPathOfALooseVersion(t *testing.T) {
	b, path := newBench(t), filepath.Join(shortDir(t), "s")
	b.loose = true
	old := b.start("drain", path)
	old.await()
	old.steer()
	if !b.table.Paths() {
		t.Error("nothing is known of paths")
	}
	b.loose = false
	next := b.start("drain", path)
	next.await()
	next.steer()
	at := fileOf(t, path)
	old.quiesce()
	old.end()
	for deadline := time.Now().Add(patience); fileOf(t, path) != at && time.Now().Before(deadline); {
	}
	connects(t, path)
	if left := beside(t, path); len(left) != 0 {
		t.Errorf("left beside the path: %v", left)
	}
	next.end()
	b.table.Close()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the last one had removed the path, and it is there: %v", err)
	}
}

// A name that cannot be made to look as it was asked for is one that clients find all
// the same; the rights are those of the service's user, as that has set them.
func TestPathBesideInItsOwnName(t *testing.T) {
	b, dir := newBench(t), shortDir(t)
	path := filepath.Join(dir, "s")
	old := b.start("drain", dir+"//s")
	old.await()
	old.steer()
	if err := os.Chmod(path, 0o604); err != nil {
		t.Fatal(err)
	}
	next := b.start("drain", dir+"//s")
	next.await()
	if names := beside(t, path); len(names) != 1 || !strings.HasPrefix(names[0], ".s.") {
		t.Errorf("beside the path: %v", names)
	}
	next.steer()
	if mode := modeOf(t, path); mode == 0o604 {
		t.Errorf("the mode is the old version's: %v", mode)
	}
	third := b.start("drain", dir+"//s")
	third.await()
	if err := os.Chmod(path, 0o640); err != nil { // as a server does that has bound it
		t.Fatal(err)
	}
	third.steer()
	if mode := modeOf(t, path); mode != 0o640 {
		t.Errorf("the mode that was set is not kept: %v", mode)
	}
	next.quiesce()
	next.end()
	connects(t, path)
}

func modeOf(t *testing.T, path string) os.FileMode {
	t.Helper()
	st, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.Mode().Perm()
}

// What is at the path and none of the service's stays there.
func TestPathOfAnother(t *testing.T) {
	b, path := newBench(t), filepath.Join(shortDir(t), "s")
	old := b.start("drain", path)
	old.await()
	old.steer()
	next := b.start("drain", path)
	next.await()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	foreign, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	at := fileOf(t, path)
	if err := b.table.Steer(next.Generation); err == nil || !strings.Contains(err.Error(), "another program's") {
		t.Errorf("steered: %v", err)
	}
	if fileOf(t, path) != at {
		t.Error("it was taken from another program")
	}
}

// Connections of a unix socket that carry nothing are half closed in the end; one that
// waits for its answer gets it.
func TestPathConnections(t *testing.T) {
	b, path := newBench(t), filepath.Join(shortDir(t), "s")
	old := b.start("plain", path)
	old.await()
	old.steer()
	idle, busy := connects(t, path), connects(t, path)
	if _, err := busy.Write([]byte("GET /?d=1s HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	next := b.start("plain", path)
	next.await()
	next.steer()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	f := former{t: b.table, owner: old.Owner, contains: old.Contains}
	b.table.mu.Lock()
	for m := range b.table.left(old.Owner) {
		f.named = append(f.named, *m)
	}
	b.table.mu.Unlock()
	all := f.pathConnections(ctx)
	all.patience = moment
	if err := every(ctx, queueTick, all.idle); err != nil {
		t.Fatalf("it is not quiet: %v", err)
	}
	busy.SetDeadline(time.Now().Add(patience))
	if n, err := busy.Read(make([]byte, 100)); n == 0 {
		t.Errorf("a request under way has no answer: %v", err)
	}
	idle.SetDeadline(time.Now().Add(patience))
	if _, err := idle.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("an idle connection is not closed: %v", err)
	}
}

func FuzzUnixDiag(f *testing.F) {
	f.Add(make([]byte, unixMessageSize))
	f.Add(append(make([]byte, unixMessageSize), 12, 0, unixAttrFile, 0, 1, 2, 3, 4, 0, 0, 0, 0))
	f.Add(append(make([]byte, unixMessageSize), 5, 0, unixAttrShutdown, 0, 3, 0, 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, ok := parseUnixDiag(b); ok != (len(b) >= unixMessageSize) {
			t.Errorf("%d bytes: %v", len(b), ok)
		}
	})
}

// Clients of a unix socket cannot be told apart: none is sent to a version that is tried,
// and that is said.
func TestPathIsNotShared(t *testing.T) {
	b, path := newBench(t), filepath.Join(shortDir(t), "s")
	old := b.start("plain", path)
	old.await()
	old.steer()
	next := b.start("plain", path)
	next.await()
	if err := b.table.Try(old.Generation, next.Generation, 50); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("it is shared: %v", err)
	}
	for range 10 {
		if got := holderOfPath(t, path); got != old.PID() {
			t.Fatalf("process %d was met, not %d", got, old.PID())
		}
	}
}

// holderOfPath is the process that listens at a path.
func holderOfPath(t *testing.T, path string) int {
	t.Helper()
	raw, err := connects(t, path).(*net.UnixConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	pid := 0
	raw.Control(func(fd uintptr) {
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = int(cred.Pid)
		}
	})
	return pid
}
