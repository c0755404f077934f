//go:build unix

package listener

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestPathGetsExactlyTheMode(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o077} {
		t.Run(strconv.FormatInt(int64(umask), 8), func(t *testing.T) {
			dir := shortDir(t)
			defer syscall.Umask(syscall.Umask(umask))
			for opts, want := range map[string]fs.FileMode{"": DefaultMode, "?mode=0666": 0o666, "?mode=0600": 0o600} {
				s := mustOpen(t, "unix://"+dir+"/s"+opts)
				if got := lstat(t, dir+"/s").Mode(); got != want|fs.ModeSocket {
					t.Errorf("%q: mode %v, want %v", opts, got, want)
				}
				closeSocket(t, s)
			}
		})
	}
}

func TestPathGetsItsOwner(t *testing.T) {
	uid, gid := os.Getuid(), os.Getgid()
	if uid == 0 { // only root can give a file away, others can only keep it
		uid, gid = 12345, 54321
	}
	path := shortDir(t) + "/s"
	mustOpen(t, "unix://"+path+"?owner="+strconv.Itoa(uid)+"&group="+strconv.Itoa(gid)+"&mode=0620")
	st := lstat(t, path).Sys().(*syscall.Stat_t)
	if int(st.Uid) != uid || int(st.Gid) != gid || st.Mode&0o777 != 0o620 {
		t.Errorf("owner %d:%d mode %o, want %d:%d 620", st.Uid, st.Gid, st.Mode&0o777, uid, gid)
	}
}

func TestLookUpTakesNames(t *testing.T) {
	uid, gid, err := lookUp(Address{Owner: "root"})
	if uid != 0 || gid != -1 || err != nil {
		t.Errorf("lookUp = %d, %d, %v", uid, gid, err)
	}
}

func TestUnknownOwnerLeavesNothingBehind(t *testing.T) {
	path := shortDir(t) + "/s"
	for _, opt := range []string{"owner", "group"} {
		_, err := Open(t.Context(), mustParse(t, "unix://"+path+"?"+opt+"=no-such-one"))
		if err == nil || !strings.Contains(err.Error(), "unknown "+opt+` "no-such-one"`) {
			t.Errorf("Open: %v", err)
		}
		wantGone(t, path)
	}
}

func TestStalePathIsReplaced(t *testing.T) {
	for _, network := range []string{"unix", "unixgram"} {
		path := shortDir(t) + "/s"
		addr := network + "://" + path
		leaveStale(t, addr)
		s := mustOpen(t, addr)
		if s.Address().Stream() {
			wantAccept(t, s)
		} else {
			wantDatagram(t, s)
		}
	}
}

// A socket of another type in its place is as dead as one of the same.
func TestStalePathOfAnotherTypeIsReplaced(t *testing.T) {
	path := shortDir(t) + "/s"
	leaveStale(t, "unixgram://"+path)
	wantAccept(t, mustOpen(t, "unix://"+path))
}

func leaveStale(t *testing.T, addr string) {
	t.Helper()
	s := mustOpen(t, addr)
	s.file = nil // Close must not remove it
	closeSocket(t, s)
	if lstat(t, s.Address().Addr).Mode().Type() != fs.ModeSocket {
		t.Fatal("no stale socket to try it on")
	}
}

func TestLivePathIsInUse(t *testing.T) {
	for _, network := range []string{"unix", "unixgram"} {
		for _, other := range []string{"unix", "unixgram"} {
			path := shortDir(t) + "/s"
			s := mustOpen(t, network+"://"+path)
			_, err := Open(t.Context(), mustParse(t, other+"://"+path))
			var e *InUseError
			if !errors.As(err, &e) || !errors.Is(err, syscall.EADDRINUSE) {
				t.Fatalf("Open %s over %s: %v", other, network, err)
			}
			if s.Address().Stream() {
				skipProbe(t, s)
			} else {
				wantDatagram(t, s)
			}
		}
	}
}

// skipProbe accepts until the connection is not the probe's, which says
// nothing and ends.
func skipProbe(t *testing.T, s *Socket) {
	t.Helper()
	client, err := net.Dial("unix", s.Bound())
	must(t, err)
	defer client.Close()
	_, err = client.Write([]byte("x"))
	must(t, err)
	l := serverOf(t, s)
	for said := 0; said == 0; {
		c, err := l.Accept()
		must(t, err)
		said, _ = c.Read(make([]byte, 1))
		c.Close()
	}
}

func TestOtherThingsAreLeftAlone(t *testing.T) {
	dir := shortDir(t)
	must(t, os.WriteFile(dir+"/file", []byte("mine"), 0o600))
	must(t, os.Mkdir(dir+"/dir", 0o700))
	must(t, os.Symlink("nowhere", dir+"/link"))
	must(t, syscall.Mkfifo(dir+"/fifo", 0o600))
	for name, want := range map[string]string{
		"file": "is a regular file, not a socket", "dir": "is a directory, not a socket",
		"link": "is a symbolic link, not a socket", "fifo": "is a special file, not a socket",
		"none/s": "no such file or directory: make the directory " + dir + "/none first",
		"file/s": "not a directory",
	} {
		_, err := Open(t.Context(), mustParse(t, "unix://"+dir+"/"+name))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "cannot listen on unix://") {
			t.Errorf("%s: %v; want %q", name, err, want)
		}
	}
	for _, name := range []string{"file", "dir", "link", "fifo"} {
		lstat(t, dir+"/"+name)
	}
}

func TestCloseRemovesOnlyItsOwnPath(t *testing.T) {
	path := shortDir(t) + "/s"
	first := mustOpen(t, "unix://"+path)
	must(t, os.Remove(path))
	second := mustOpen(t, "unix://"+path)
	closeSocket(t, first)
	wantAccept(t, second)
	must(t, os.Remove(path))
	closeSocket(t, second) // nothing left to remove
}

func lstat(t *testing.T, path string) fs.FileInfo {
	t.Helper()
	fi, err := os.Lstat(path)
	must(t, err)
	return fi
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
