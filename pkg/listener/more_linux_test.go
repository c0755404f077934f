package listener

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func moreNetworks(dir string) []string {
	name := filepath.Base(dir)
	return []string{"unixpacket://" + dir + "/packet", "unix:@" + name + "s", "unixgram:@" + name + "g", "unixpacket:@" + name + "p"}
}

func TestSocketIsPlainTCP(t *testing.T) {
	s := mustOpen(t, "tcp://127.0.0.1:0")
	if proto, err := unix.GetsockoptInt(s.FD(), unix.SOL_SOCKET, unix.SO_PROTOCOL); proto != unix.IPPROTO_TCP {
		t.Errorf("protocol %d, %v: want plain TCP", proto, err)
	}
}

// With no umask in the way, the mode right after bind(2) is the one that the
// socket was born with.
func TestPathIsNeverWiderThanAsked(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	path := shortDir(t) + "/s"
	for opts, want := range map[string]os.FileMode{
		"":                      0o660,
		"?mode=0622":            0o622,
		"?mode=0666&owner=root": 0o600,
		"?mode=0770&group=root": 0o700,
	} {
		s, err := bindPath(t.Context(), mustParse(t, "unix://"+path+opts))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.file.Mode().Perm(); got != want {
			t.Errorf("%q: born with %v, want %v", opts, got, want)
		}
		closeSocket(t, s)
	}
}
