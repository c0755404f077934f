//go:build unix

package listener

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// given is a socket as another process would hand it over.
func given(t *testing.T, name, addr string, ours bool) Inherited {
	t.Helper()
	s := mustOpen(t, addr)
	s.file = nil // its path stays when s is closed: it is the heir's now
	fd, err := unix.Dup(s.FD())
	if err != nil {
		t.Fatal(err)
	}
	closeSocket(t, s)
	i, err := Examine(fd, name, ours)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func heir(t *testing.T, all ...Inherited) *Inheritance {
	h := &Inheritance{}
	h.Add(all...)
	t.Cleanup(h.Close)
	return h
}

// takes checks that opening the address gives that very descriptor.
func takes(t *testing.T, h *Inheritance, addr string, want Inherited) *Socket {
	t.Helper()
	s, err := h.Open(t.Context(), mustParse(t, addr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if s.FD() != want.FD {
		t.Errorf("%s got descriptor %d (%s), want %d (%v)", addr, s.FD(), s.Bound(), want.FD, want)
	}
	return s
}

func TestAdoptEveryNetwork(t *testing.T) {
	dir := shortDir(t)
	for _, addr := range append([]string{
		"tcp://127.0.0.1:0", "tcp4://127.0.0.1:0", "tcp6://[::1]:0", "udp://127.0.0.1:0", "udp6://[::1]:0",
		"unix://" + dir + "/stream", "unixgram://" + dir + "/gram",
	}, moreNetworks(dir)...) {
		t.Run(addr, func(t *testing.T) {
			i := given(t, "web", addr, false)
			h := heir(t, i)
			s := takes(t, h, "web="+addr, i)
			if s.Address().String() != addr || s.Bound() != i.Addr.String() {
				t.Errorf("it is %v at %s, want %s at %v", s.Address(), s.Bound(), addr, i.Addr)
			}
			if s.Origin() != Lent {
				t.Errorf("its origin is %v", s.Origin())
			}
			wantFlags(t, s.FD())
			if s.Address().Stream() {
				wantAccept(t, s)
			} else {
				wantDatagram(t, s)
			}
			wantFlags(t, s.FD())
			if len(h.Left()) != 0 {
				t.Errorf("left are %v", h.Left())
			}
			path := s.Address().path()
			closeSocket(t, s)
			if path != "" {
				if _, err := os.Lstat(path); err != nil {
					t.Errorf("the path of another one's socket is gone: %v", err)
				}
			}
		})
	}
}

func TestNameGoesBeforeAddress(t *testing.T) {
	a, b := given(t, "admin", "127.0.0.1:0", false), given(t, "http", "127.0.0.1:0", false)
	h := heir(t, a, b)
	takes(t, h, "http="+a.Addr.String(), b)
	takes(t, h, "admin="+b.Addr.String(), a)
}

// A .socket unit without FileDescriptorName= gives all its sockets one name.
func TestOfEqualNamesTheAddressDecides(t *testing.T) {
	a, b := given(t, "web.socket", "127.0.0.1:0", false), given(t, "web.socket", "127.0.0.1:0", false)
	h := heir(t, a, b)
	takes(t, h, "web.socket="+b.Addr.String(), b)
	takes(t, h, "other="+a.Addr.String(), a)
}

func TestKindDecidesFirst(t *testing.T) {
	udp := given(t, "dns", "udp://127.0.0.1:0", false)
	tcp6 := given(t, "dns", "tcp6://[::1]:0", false)
	tcp4 := given(t, "dns", "tcp4://127.0.0.1:0", false)
	h := heir(t, udp, tcp6, tcp4)
	takes(t, h, "dns=tcp4://127.0.0.1:0", tcp4)
	takes(t, h, "dns=tcp6://[::1]:0", tcp6)
	takes(t, h, "dns=udp://127.0.0.1:0", udp)
}

func TestAnyHostIsOneAddress(t *testing.T) {
	i := given(t, "", "tcp://:0", false)
	_, port, _ := net.SplitHostPort(i.Addr.String())
	takes(t, heir(t, i), "http=tcp://0.0.0.0:"+port, i)
}

// What matches nothing is neither closed nor used, and a later config may want it.
func TestStrangerIsLeft(t *testing.T) {
	i := given(t, "old", "127.0.0.1:0", false)
	h := heir(t, i)
	s, err := h.Open(t.Context(), mustParse(t, "http=127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.FD() == i.FD || len(h.Left()) != 1 || !strings.HasPrefix(h.Left()[0].String(), "old=tcp://127.0.0.1:") {
		t.Errorf("descriptor %d is used for %v, left are %v", s.FD(), s.Address(), h.Left())
	}
	takes(t, h, "http="+i.Addr.String(), i)
}

func TestOurOwnIsKnownByItsKey(t *testing.T) {
	other := given(t, mustParse(t, "b=tcp://127.0.0.1:0").Key(), "127.0.0.1:0", true)
	mine := given(t, mustParse(t, "a=tcp://127.0.0.1:0").Key(), "127.0.0.1:0", true)
	h := heir(t, other, mine)
	takes(t, h, "a=tcp://127.0.0.1:0", mine)
	takes(t, h, "renamed="+other.Addr.String(), other)
}

// The config names another address now: the old socket of the name is no use.
func TestOurOwnOfAnotherAddressIsLeft(t *testing.T) {
	i := given(t, mustParse(t, "http=tcp://127.0.0.1:1").Key(), "127.0.0.1:0", true)
	h := heir(t, i)
	s, err := h.Open(t.Context(), mustParse(t, "http=127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.FD() == i.FD {
		t.Errorf("%v is used for %v", i, s.Address())
	}
}

func TestDrop(t *testing.T) {
	path := filepath.Join(shortDir(t), "web")
	ours, lent := given(t, "ours", "unix://"+path, true), given(t, "lent", "127.0.0.1:0", false)
	h := heir(t, ours, lent)
	if gone := h.Drop(); len(gone) != 1 || gone[0].Name != "ours" {
		t.Errorf("dropped are %v", gone)
	}
	if left := h.Left(); len(left) != 1 || left[0].Name != "lent" {
		t.Errorf("left are %v", left)
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		t.Error("clients still reach it, and nobody answers")
	}
}

func TestOurOwnPath(t *testing.T) {
	path := filepath.Join(shortDir(t), "web")
	addr := mustParse(t, "web=unix://"+path+"?mode=0600")
	i := given(t, addr.Key(), "unix://"+path+"?mode=0666", true)
	s := takes(t, heir(t, i), "web="+addr.String(), i)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the path has mode %v, %v", info.Mode(), err)
	}
	if s.Origin() != Succeeded {
		t.Errorf("its origin is %v", s.Origin())
	}
	wantAccept(t, s)
	closeSocket(t, s)
	wantGone(t, path)
}

// Without its path nobody reaches the socket: a new one takes its place.
func TestOurOwnPathIsGone(t *testing.T) {
	path := filepath.Join(shortDir(t), "web")
	addr := mustParse(t, "web=unix://"+path)
	i := given(t, addr.Key(), addr.String(), true)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	h := heir(t, i)
	s, err := h.Open(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	wantAccept(t, s)
	if s.Origin() != Opened || len(h.Left()) != 0 {
		t.Errorf("left are %v", h.Left())
	}
	closeSocket(t, s)
}

func TestExamineOther(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fd, err := unix.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	i, err := Examine(fd, "file", false)
	if err != nil || i.Network != "" || i.String() == "" {
		t.Errorf("a file is %v, %v", i, err)
	}
	h := heir(t, i)
	s, err := h.Open(t.Context(), mustParse(t, "file=127.0.0.1:0"))
	if err != nil || s.FD() == fd {
		t.Fatalf("a file became the socket: %v", err)
	}
	closeSocket(t, s)
	if _, err := Examine(1<<20, "closed", false); err == nil {
		t.Error("a closed descriptor is accepted")
	}
}

// What cannot be looked at is an error: taken for nothing to listen on it would be left,
// and its address be opened beside it, where it is in use.
func TestExamineThatFails(t *testing.T) {
	s := mustOpen(t, "127.0.0.1:0")
	defer closeSocket(t, s)
	addr := mustParse(t, "web=127.0.0.1:1")
	for name, failing := range map[string]int{"type": unix.SO_TYPE, "whether it listens": unix.SO_ACCEPTCONN} {
		k := kernel{option: func(fd, level, option int) (int, error) {
			if option == failing {
				return 0, unix.ENOBUFS
			}
			return unix.GetsockoptInt(fd, level, option)
		}}
		i, err := k.examine(s.FD(), addr.Key(), true)
		if !errors.Is(err, unix.ENOBUFS) || !strings.Contains(err.Error(), "(web=tcp://127.0.0.1:1)") {
			t.Errorf("%s: %v, %v", name, i, err)
		}
	}
}

// An interface whose name cannot be known would be another address.
func TestZoneThatFails(t *testing.T) {
	for name, c := range map[string]struct{ err, want error }{
		"no descriptor left": {&net.OpError{Op: "route", Err: os.NewSyscallError("socket", unix.EMFILE)}, unix.EMFILE},
		"it is gone":         {&net.OpError{Op: "route", Err: errors.New("no such network interface")}, nil},
	} {
		k := kernel{netdevice: func(int) (*net.Interface, error) { return nil, c.err }}
		i := Inherited{}
		err := k.locate(&i, unix.SOCK_STREAM, &unix.SockaddrInet6{ZoneId: 7, Port: 80})
		if !errors.Is(err, c.want) || c.want == nil && i.Network != "tcp" {
			t.Errorf("%s: %v, %v", name, i.Network, err)
		}
	}
	k := kernel{netdevice: func(index int) (*net.Interface, error) { return &net.Interface{Index: index, Name: "eth7"}, nil }}
	i := Inherited{}
	if err := k.locate(&i, unix.SOCK_DGRAM, &unix.SockaddrInet6{ZoneId: 7, Port: 80}); err != nil || i.Addr.(*net.UDPAddr).Zone != "eth7" {
		t.Errorf("it is at %v, %v", i.Addr, err)
	}
}

// What is wrong with the config is no reason to give up the socket.
func TestOurOwnThatCannotBeTaken(t *testing.T) {
	path := filepath.Join(shortDir(t), "web")
	addr := mustParse(t, "web=unix://"+path)
	i := given(t, addr.Key(), addr.String(), true)
	h := heir(t, i)
	bad := addr
	bad.Owner = "nobody of that name"
	s, err := h.Open(t.Context(), bad)
	if err == nil || !strings.HasPrefix(err.Error(), "cannot take over ") || !strings.Contains(err.Error(), "unknown owner") {
		t.Fatalf("%v, %v", s, err)
	}
	if len(h.Left()) != 1 {
		t.Errorf("left are %v", h.Left())
	}
	s = takes(t, h, "web="+addr.String(), i)
	wantAccept(t, s)
}

func TestKey(t *testing.T) {
	seen := map[string]string{}
	for _, addr := range []string{
		"a=:1", "b=:1", "a=:2", "a=udp://:1", "unix:///a%20b", "unix:@x", "a=tcp://[::1]:1",
		"unix:///" + strings.Repeat("%20", 100), "unix:///" + strings.Repeat("%20", 99) + "x",
	} {
		key := mustParse(t, addr).Key()
		bad := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ':' }
		if len(key) > maxKey || strings.ContainsFunc(key, bad) {
			t.Errorf("the key of %s is %q", addr, key)
		}
		if other, twice := seen[key]; twice {
			t.Errorf("%s and %s have one key", addr, other)
		}
		seen[key] = addr
	}
}
