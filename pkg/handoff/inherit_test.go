package handoff

import (
	"net"
	"reflect"
	"strings"
	"testing"
)

func env(pairs ...string) func(string) string {
	return func(key string) string {
		for _, p := range pairs {
			if k, v, _ := strings.Cut(p, "="); k == key {
				return v
			}
		}
		return ""
	}
}

func TestAnnounced(t *testing.T) {
	for _, c := range []struct {
		env  []string
		want []string
		err  string
	}{
		{env: nil},
		{env: []string{"LISTEN_FDS=2"}},
		{env: []string{"LISTEN_FDS=2", "LISTEN_PID=8"}},
		{env: []string{"LISTEN_FDS=2", "LISTEN_PID=07"}},
		{env: []string{"LISTEN_PID=7"}},
		{env: []string{"LISTEN_FDS=0", "LISTEN_PID=7"}, want: []string{}},
		{env: []string{"LISTEN_FDS=2", "LISTEN_PID=7"}, want: []string{"", ""}},
		{env: []string{"LISTEN_FDS=2", "LISTEN_PID=7", "LISTEN_FDNAMES=a:b"}, want: []string{"a", "b"}},
		{env: []string{"LISTEN_FDS=2", "LISTEN_PID=7", "LISTEN_FDNAMES=a"}, err: "cannot use LISTEN_FDNAMES: it has 1 names and LISTEN_FDS says 2"},
		{env: []string{"LISTEN_FDS=x", "LISTEN_PID=7"}, err: `cannot use LISTEN_FDS="x": want a number from 0 to 65536`},
		{env: []string{"LISTEN_FDS=-1", "LISTEN_PID=7"}, err: `cannot use LISTEN_FDS="-1": want a number from 0 to 65536`},
		{env: []string{"LISTEN_FDS=99999", "LISTEN_PID=7"}, err: `cannot use LISTEN_FDS="99999": want a number from 0 to 65536`},
	} {
		got, err := announced(7, env(c.env...))
		message := ""
		if err != nil {
			message = err.Error()
		}
		if !reflect.DeepEqual(got, c.want) || message != c.err {
			t.Errorf("%v: got %q, %q; want %q, %q", c.env, got, message, c.want, c.err)
		}
	}
}

func FuzzAnnounced(f *testing.F) {
	f.Add("2", "7", "a:b")
	f.Add("0", "7", "")
	f.Add("-1", "7", ":::")
	f.Add("3", "", "a")
	f.Fuzz(func(t *testing.T, count, pid, list string) {
		names, err := announced(7, env("LISTEN_FDS="+count, "LISTEN_PID="+pid, "LISTEN_FDNAMES="+list))
		if err != nil && names != nil {
			t.Errorf("both %q and %v", names, err)
		}
		if pid != "7" && (names != nil || err != nil) {
			t.Errorf("took variables of process %q: %q, %v", pid, names, err)
		}
	})
}

func FuzzParseDrainTimeout(f *testing.F) {
	for _, s := range []string{"", "0", "1", "30000000", "-5", "9223372036854775", "9223372036854776", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := parseDrainTimeout(s); err == nil && d <= 0 {
			t.Errorf("parseDrainTimeout(%q) = %v", s, d)
		}
	})
}

func tcp(s string) inherited {
	a, err := net.ResolveTCPAddr("tcp", s)
	if err != nil {
		panic(err)
	}
	return inherited{network: "tcp", addr: a, v6: a.IP.To4() == nil}
}

func TestMatch(t *testing.T) {
	udp := inherited{network: "udp", addr: &net.UDPAddr{IP: net.IPv4zero, Port: 53}}
	unix := inherited{network: "unix", addr: &net.UnixAddr{Name: "/run/x", Net: "unix"}}
	web := tcp("127.0.0.1:80")
	web.name = "web"
	learnt := tcp("127.0.0.1:4711")
	learnt.name = learntName("tcp", "127.0.0.1:0")
	for _, c := range []struct {
		have          inherited
		network, addr string
		want          bool
	}{
		{tcp("127.0.0.1:80"), "tcp", "127.0.0.1:80", true},
		{tcp("127.0.0.1:80"), "tcp4", "127.0.0.1:80", true},
		{tcp("127.0.0.1:80"), "tcp6", "127.0.0.1:80", false},
		{tcp("127.0.0.1:80"), "udp", "127.0.0.1:80", false},
		{tcp("127.0.0.1:80"), "tcp", "127.0.0.1:81", false},
		{tcp("127.0.0.1:80"), "tcp", "127.0.0.2:80", false},
		{tcp("127.0.0.1:80"), "tcp", ":80", false},
		{tcp("[::]:80"), "tcp", "127.0.0.1:80", false},
		{tcp("[::]:80"), "tcp", ":80", true},
		{tcp("[::]:80"), "tcp", "0.0.0.0:80", true},
		{tcp("0.0.0.0:80"), "tcp", "[::]:80", true},
		{tcp("0.0.0.0:80"), "tcp4", ":80", true},
		{tcp("[::]:80"), "tcp4", ":80", false},
		{tcp("[::1]:80"), "tcp6", "[::1]:80", true},
		{tcp("127.0.0.1:80"), "tcp", "127.0.0.1:http", true},
		{tcp("127.0.0.1:0"), "tcp", "127.0.0.1:0", false},
		{tcp("127.0.0.1:80"), "tcp", "no address", false},
		{web, "tcp", "web", true},
		{web, "udp", "web", false},
		{web, "tcp", "we", false},
		{web, "tcp", "", false},
		{learnt, "tcp", "127.0.0.1:0", true},
		{learnt, "tcp", ":0", false},
		{udp, "udp", ":53", true},
		{udp, "udp6", ":53", false},
		{unix, "unix", "/run/x", true},
		{unix, "unix", "/run/y", false},
		{unix, "unixgram", "/run/x", false},
		{inherited{name: "file"}, "tcp", "file", false},
	} {
		got := c.have.suits(c.network) && (named(c.have, c.network, c.addr) || bound(c.have, c.network, c.addr))
		if got != c.want {
			t.Errorf("%v for %s %s: %t, want %t", c.have, c.network, c.addr, got, c.want)
		}
	}
}

func TestOptions(t *testing.T) {
	o, err := Options{}.withDefaults(env())
	if err != nil || o.Linger != defaultLinger || o.DrainTimeout != defaultDrainTimeout || len(o.Signals) == 0 {
		t.Errorf("got %+v, %v", o, err)
	}
	if o, err = (Options{}).withDefaults(env("DRAIN_TIMEOUT_USEC=1500000")); err != nil || o.DrainTimeout.Seconds() != 1.5 {
		t.Errorf("got %+v, %v", o, err)
	}
	if _, err = (Options{}).withDefaults(env("DRAIN_TIMEOUT_USEC=soon")); err == nil {
		t.Error("took DRAIN_TIMEOUT_USEC=soon")
	}
	if _, err = (Options{Linger: -1}).withDefaults(env()); err == nil {
		t.Error("took a negative linger")
	}
}
