package adopt

import (
	"errors"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func mine(pid int) bool { return pid == os.Getpid() }

// Counted are connections that were accepted at the places, until they are closed
// here; those to other places, those that wait in the queue, and one's own are not.
func TestConnections(t *testing.T) {
	for _, network := range []string{"tcp", "tcp4", "tcp6", "unix", "unixpacket", "abstract"} {
		t.Run(network, func(t *testing.T) {
			at := "127.0.0.1:0"
			network := network
			switch network {
			case "tcp6":
				at = "[::1]:0"
			case "unix", "unixpacket":
				at = filepath.Join(t.TempDir(), "a b.sock")
			case "abstract":
				network, at = "unix", "@supervisor-count-"+filepath.Base(t.TempDir())
			}
			l, err := net.Listen(network, at)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			h := Holder{Contains: mine}
			h.Add(network, l.Addr().String())
			other := Holder{Contains: mine}
			other.Add("tcp", "127.0.0.1:1")
			nobody := h
			nobody.Contains = func(int) bool { return false }
			count := func(want int) {
				t.Helper()
				got, err := Connections([]Holder{h, other, nobody})
				if err != nil || got[0] != want || got[1] != 0 || got[2] != 0 {
					t.Errorf("counted %v, %v, want %d, 0 and 0", got, err, want)
				}
			}
			count(0)
			var ends []net.Conn
			for range 3 {
				c, err := net.Dial(network, l.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				s, err := l.Accept()
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				ends = append(ends, s, c)
			}
			count(3)
			ends[0].Close()
			count(2)
			// One whose client has said all that it has to say still waits for an answer.
			if c, ok := ends[3].(interface{ CloseWrite() error }); ok && network != "unixpacket" {
				if err := c.CloseWrite(); err != nil {
					t.Fatal(err)
				}
				if _, err := ends[2].Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				count(2)
			}
			queued, err := net.Dial(network, l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer queued.Close()
			count(2)
		})
	}
}

func TestUnixEnds(t *testing.T) {
	table := `Num       RefCount Protocol Flags    Type St Inode Path
00000000dead0001: 00000002 00000000 00010000 0001 01  101 /run/a.sock
00000000dead0002: 00000003 00000000 00000000 0001 03  102 /run/a.sock
00000000dead0003: 00000003 00000000 00000000 0001 03  103
00000000dead0004: 00000003 00000000 00000000 0005 03  104 @ab stract
00000000dead0005: 00000002 00000000 00000000 0002 03  105 /run/datagram
00000000dead0006: 00000003 00000000 00000000 0001 03 2 /two
`
	got := map[uint64]local{}
	if err := unixEnds(strings.NewReader(table), got); err != nil {
		t.Fatal(err)
	}
	want := map[uint64]local{102: {path: "/run/a.sock"}, 104: {path: "@ab stract"}, 2: {path: "/two"}}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzUnixEnd(f *testing.F) {
	f.Add("00000000dead0002: 00000003 00000000 00000000 0001 03  102 /run/a.sock")
	f.Add("00000000dead0003: 00000003 00000000 00000000 0001 03 18446744073709551616 @a b")
	f.Add("")
	f.Fuzz(func(t *testing.T, line string) {
		inode, path, ok := unixEnd(line)
		if ok && (inode == 0 || path == "" || !strings.HasSuffix(line, path)) {
			t.Errorf("%q is %d at %q", line, inode, path)
		}
	})
}

func FuzzHolderAdd(f *testing.F) {
	f.Add("tcp", "[::]:80")
	f.Add("unix", "/run/a.sock")
	f.Fuzz(func(t *testing.T, network, bound string) {
		var h Holder
		if h.Add(network, bound); len(h.TCP)+len(h.Unix) > 1 {
			t.Errorf("%+v", h)
		}
	})
}
