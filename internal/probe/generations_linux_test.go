package probe

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// listeners are the kinds of listening socket that the kernel tells apart, with
// the host to reach each by.
var listeners = map[string]struct {
	network, addr, host string
	mptcp               bool
}{
	"ipv4":                 {"tcp4", "127.0.0.1:0", "127.0.0.1", false},
	"ipv4 mptcp":           {"tcp4", "127.0.0.1:0", "127.0.0.1", true},
	"ipv6":                 {"tcp6", "[::1]:0", "::1", false},
	"ipv6 mptcp":           {"tcp6", "[::1]:0", "::1", true},
	"dual stack":           {"tcp", "[::]:0", "127.0.0.1", false},
	"dual stack mptcp":     {"tcp", "[::]:0", "127.0.0.1", true},
	"dual stack wildcard":  {"tcp", "[::]:0", "::", false},
	"dual stack localhost": {"tcp", "[::]:0", "localhost", false},
}

func eachListener(t *testing.T, test func(t *testing.T, ln net.Listener, addr string)) {
	for name, l := range listeners {
		t.Run(name, func(t *testing.T) {
			var config net.ListenConfig
			config.SetMultipathTCP(l.mptcp)
			ln, err := config.Listen(t.Context(), l.network, l.addr)
			if errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EADDRNOTAVAIL) {
				t.Skip("no IPv6 on this machine")
			}
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			test(t, ln, net.JoinHostPort(l.host, strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)))
		})
	}
}

func listen(t *testing.T) (ln net.Listener, addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln, ln.Addr().String()
}

func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(cancel)
	return ctx
}

func TestOnlyTheAskedGenerationCounts(t *testing.T) {
	eachListener(t, func(t *testing.T, ln net.Listener, addr string) {
		old, next := start(t, ln, "200"), start(t, ln, "302")
		old.accept()
		ctx, url := limited(t), "http://"+addr+"/health"
		for range 3 {
			if err := TCP(ctx, addr, next.mine); !errors.Is(err, ErrOther) {
				t.Errorf("tcp, the old generation answered: %v", err)
			}
			if err := HTTP(ctx, url, next.mine); !errors.Is(err, ErrOther) {
				t.Errorf("http, the old generation answered: %v", err)
			}
			if err := TCP(ctx, addr, old.mine); err != nil {
				t.Errorf("tcp, asked for the old generation: %v", err)
			}
		}
		if got := old.rest(); got != "" {
			t.Errorf("the old generation got what was meant for the new one: %s", got)
		}
		next.accept()
		if err := TCP(ctx, addr, next.mine); err != nil {
			t.Errorf("tcp, the new generation answered: %v", err)
		}
		if err := HTTP(ctx, url, next.mine); err != nil {
			t.Errorf("http, the new generation answered: %v", err)
		}
		if got := next.rest(); got != "request GET /health" {
			t.Errorf("the new generation got %s", got)
		}
	})
}

// Whichever process the kernel wakes, a sick new generation is never taken for
// ready, nor a sick old one for the new.
func TestBothGenerationsAnswer(t *testing.T) {
	for _, c := range []struct {
		old, next string
		ready     bool
	}{{"200", "503", false}, {"503", "200", true}} {
		t.Run(c.old+" then "+c.next, func(t *testing.T) {
			ln, addr := listen(t)
			old, next := start(t, ln, c.old), start(t, ln, c.next)
			old.accept()
			next.accept()
			ctx, right := limited(t), 0
			err := Until(ctx, func(ctx context.Context) error {
				err := HTTP(ctx, "http://"+addr, next.mine)
				switch {
				case errors.Is(err, ErrOther):
				case c.ready == (err == nil):
					right++
				default:
					t.Errorf("got %v", err)
				}
				if right < 3 {
					return errTest
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := old.rest(); got != "" {
				t.Errorf("the old generation got %s", got)
			}
			if got := next.rest(); strings.Count(got, "request GET /") != 3 {
				t.Errorf("the new generation got %s", got)
			}
		})
	}
}

func TestSickAnswer(t *testing.T) {
	ln, addr := listen(t)
	next := start(t, ln, "503").accept()
	err := HTTP(limited(t), "http://user:secret@"+addr, next.mine)
	if err == nil || !strings.HasSuffix(err.Error(), "answered 503 Service Unavailable") ||
		strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestKindsOfServer(t *testing.T) {
	for kind, c := range map[string]struct{ scheme, logs string }{
		"http10":  {"http", "accepted\nrequest"},
		"tls":     {"https", "request GET /"},
		"endless": {"http", "hung up"},
		"307":     {"http", "request GET /"},
	} {
		t.Run(kind, func(t *testing.T) {
			ln, addr := listen(t)
			next := start(t, ln, kind).accept()
			if err := HTTP(limited(t), c.scheme+"://"+addr+"/", next.mine); err != nil {
				t.Error(err)
			}
			for want := range strings.Lines(c.logs) {
				next.expect(strings.TrimSpace(want))
			}
			if got := next.rest(); got != "" {
				t.Errorf("and also %s", got)
			}
		})
	}
}

func TestNeverAnswers(t *testing.T) {
	ln, addr := listen(t)
	next := start(t, ln, "silent").accept()
	ctx, cancel := context.WithCancelCause(limited(t))
	go func() {
		next.expect("accepted")
		next.expect("request")
		cancel(errTest)
	}()
	err := HTTP(ctx, "http://"+addr, next.mine)
	if !errors.Is(err, errTest) || !strings.Contains(err.Error(), "accepted, but no answer") {
		t.Errorf("got %v", err)
	}
}

// A probe that may not look into the service's process must say so, not "another
// generation"; a zombie is closed to all but root and no reason to complain.
func TestPermission(t *testing.T) {
	var attr *syscall.SysProcAttr
	if os.Getuid() == 0 { // root may look into every process
		attr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	ln, addr := listen(t)
	next := start(t, ln, "secret").accept()
	pid := strconv.Itoa(next.cmd.Process.Pid)
	got := spawn(t, attr, nil, "prober", addr, pid).next()
	if !strings.HasPrefix(got, "denied: ") || !strings.Contains(got, "permission denied; use ready.by") {
		t.Errorf("got %q", got)
	}
	got = spawn(t, attr, nil, "prober", addr, "zombie").next()
	if !strings.HasPrefix(got, "other: ") {
		t.Errorf("got %q", got)
	}
}

// Containers and hardened units may forbid netlink sockets.
func TestWithoutDiag(t *testing.T) {
	eachListener(t, func(t *testing.T, ln net.Listener, addr string) {
		next := start(t, ln, "silent").accept()
		pid := strconv.Itoa(next.cmd.Process.Pid)
		spawn(t, nil, nil, "prober", addr, "nodiag "+pid).expect("neither: <nil>")
		spawn(t, nil, nil, "prober", addr, "nodiag 1"+pid).expect("other: cannot probe " + addr + ": " + ErrOther.Error())
	})
}
