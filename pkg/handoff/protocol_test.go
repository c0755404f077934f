package handoff

import (
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// twoSockets are one of each kind that most protocols tell apart.
func twoSockets(t *testing.T) Offer {
	return Offer{
		Sockets: []Named{
			{Name: "http", FD: 17, Network: "tcp", Addr: ":8080"},
			{Name: "admin", FD: 19, Network: "tcp4", Addr: "127.0.0.1:9000"},
		},
		NotifySocket: filepath.Join(t.TempDir(), "n"),
		Generation:   7, Index: 2,
	}
}

// granted is what each protocol makes of twoSockets, beside where messages go. A "*"
// stands for a descriptor or a number that is made for the occasion.
var granted = map[string]struct {
	fds []string
	env []string
	pid []string
}{
	"auto": {env: []string{"LISTEN_FDS=2", "LISTEN_FDNAMES=http:admin",
		"SERVER_STARTER_PORT=8080=3;127.0.0.1:9000=4", "SERVER_STARTER_GENERATION=7", "NGINX=3;4;"}, pid: []string{"LISTEN_PID"}},
	"systemd":        {env: []string{"LISTEN_FDS=2", "LISTEN_FDNAMES=http:admin"}, pid: []string{"LISTEN_PID"}},
	"gunicorn":       {env: []string{"LISTEN_FDS=2", "LISTEN_FDNAMES=http:admin"}, pid: []string{"LISTEN_PID"}},
	"grace":          {env: []string{"LISTEN_FDS=2", "LISTEN_FDNAMES=http:admin"}, pid: []string{"LISTEN_PID"}},
	"nginx":          {env: []string{"NGINX=3;4;"}},
	"server-starter": {env: []string{"SERVER_STARTER_PORT=8080=3;127.0.0.1:9000=4", "SERVER_STARTER_GENERATION=7"}},
	"unicorn":        {env: []string{"UNICORN_FD=3,4"}},
	"puma":           {env: []string{"PUMA_INHERIT_0=3:tcp://0.0.0.0:8080", "PUMA_INHERIT_1=4:tcp://127.0.0.1:9000"}},
	"php-fpm":        {env: []string{"FPM_SOCKETS=:::8080=3,127.0.0.1:9000=4"}},
	"haproxy":        {}, "uvicorn": {}, "hypercorn": {}, "caddy": {},
	"s6":        {fds: []string{"*", "17", "19"}},
	"tableflip": {fds: []string{"*", "*", "17", "19"}, env: []string{"TABLEFLIP_HAS_PARENT_7DIU3=yes"}},
	"node":      {fds: []string{"17", "19", "*"}, env: []string{"NODE_CHANNEL_FD=5", "NODE_CHANNEL_SERIALIZATION_MODE=json"}},
	"einhorn": {env: []string{"EINHORN_MASTER_PID=*", "EINHORN_SOCK_PATH=*", "EINHORN_CHILD_INDEX=2",
		"EINHORN_FD_COUNT=2", "EINHORN_FD_0=3", "EINHORN_FD_1=4"}},
	"overseer": {env: []string{"OVERSEER_IS_SLAVE=1", "OVERSEER_NUM_FDS=2", "OVERSEER_SLAVE_ID=7", "OVERSEER_BIN_ID=7", "OVERSEER_BIN_PATH="}},
}

func TestGrants(t *testing.T) {
	for _, p := range append(Protocols(), Auto{}) {
		t.Run(p.Name(), func(t *testing.T) {
			want, ok := granted[p.Name()]
			if !ok {
				t.Fatal("nobody says what it grants")
			}
			o := twoSockets(t)
			g, err := p.Grant(o)
			if errors.Is(err, errors.ErrUnsupported) || err != nil && noUnixSockets(t) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer g.Close()
			if want.fds == nil {
				want.fds = []string{"17", "19"}
			}
			var fds []string
			for _, fd := range g.FDs {
				fds = append(fds, strconv.Itoa(fd))
			}
			compare(t, "FDs", fds, want.fds)
			compare(t, "Env", g.Env, append(want.env, "NOTIFY_SOCKET="+o.NotifySocket))
			compare(t, "PIDEnv", g.PIDEnv, want.pid)
			if mute := g.Mute != nil; mute != (p.Name() == "grace") {
				t.Errorf("Mute = %v", g.Mute)
			}
			if speaks := g.Line != nil; speaks != p.Facts().Speaks {
				t.Errorf("it has a line: %v, its facts say that it speaks: %v", speaks, p.Facts().Speaks)
			}
			if got, want := g.Fill(`x {{fd "admin"}} {{ .ID }} {{fd "other"}}`, o.Sockets), "x "+strconv.Itoa(2+len(g.FDs)-after(want.fds))+` {{ .ID }} {{fd "other"}}`; got != want {
				t.Errorf("Fill = %q, want %q", got, want)
			}
		})
	}
}

// after is how many descriptors come behind the last socket.
func after(fds []string) int { return len(fds) - 1 - slices.Index(fds, "19") }

func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	if what == "Env" {
		got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	}
	ok := len(got) == len(want)
	for i := 0; ok && i < len(got); i++ {
		if prefix, open := strings.CutSuffix(want[i], "*"); open {
			ok = strings.HasPrefix(got[i], prefix) && got[i] != prefix
		} else {
			ok = got[i] == want[i]
		}
	}
	if !ok {
		t.Errorf("%s = %q, want %q", what, got, want)
	}
}

// What any of them sets, a supervisor under our supervisor must take out again.
func TestStripEnvKnowsWhatProtocolsSet(t *testing.T) {
	for _, p := range append(Protocols(), Auto{}) {
		g, err := p.Grant(twoSockets(t))
		if errors.Is(err, errors.ErrUnsupported) || err != nil && noUnixSockets(t) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		g.Close()
		if left := StripEnv(append(g.Env, "PATH=/bin")); !slices.Equal(left, []string{"PATH=/bin"}) {
			t.Errorf("%s: StripEnv leaves %q", p.Name(), left)
		}
	}
	for _, kv := range []string{"PUMA_INHERIT_X=1", "PUMA_INHERIT_=1", "EINHORN_FD_=1", "NGINX_CONF=x"} {
		if left := StripEnv([]string{kv}); len(left) != 1 {
			t.Errorf("StripEnv takes %q", kv)
		}
	}
}

// A closed socket must not become the descriptor of something else.
func TestProtocolsRefuseClosedSockets(t *testing.T) {
	for _, p := range append(Protocols(), Auto{}) {
		o := twoSockets(t)
		o.Sockets[1].FD = -1
		if g, err := p.Grant(o); err == nil || g.FDs != nil || g.Line != nil {
			t.Errorf("%s: Grant = %+v, %v", p.Name(), g, err)
		}
	}
}

func TestPHPFPMRefusesUnixSockets(t *testing.T) {
	_, err := PHPFPM{}.Grant(Offer{Sockets: []Named{{Name: "fpm", FD: 3, Network: "unix", Addr: "/run/fpm.sock"}}})
	if err == nil || !strings.Contains(err.Error(), "unlinks") {
		t.Errorf("err = %v", err)
	}
}

func TestAddressesInTheirWords(t *testing.T) {
	for _, c := range []struct {
		n                  Named
		puma, fpm, starter string
	}{
		{Named{Network: "tcp", Addr: ":80"}, "tcp://0.0.0.0:80", ":::80", "80"},
		{Named{Network: "tcp4", Addr: ":80"}, "tcp://0.0.0.0:80", "0.0.0.0:80", "80"},
		{Named{Network: "tcp6", Addr: "[::1]:80"}, "tcp://[::1]:80", "::1:80", "[::1]:80"},
		{Named{Network: "unix", Addr: "/run/x.sock"}, "unix:///run/x.sock", "/run/x.sock", "/run/x.sock"},
	} {
		if puma, fpm, starter := pumaURL(c.n), fpmAddress(c.n), starterAddress(c.n.Addr); puma != c.puma || fpm != c.fpm || starter != c.starter {
			t.Errorf("%v: puma %q, want %q; php-fpm %q, want %q; Server::Starter %q, want %q", c.n, puma, c.puma, fpm, c.fpm, starter, c.starter)
		}
	}
}

func TestGraceMutesTERM(t *testing.T) {
	if g, err := (Grace{}).Grant(twoSockets(t)); err != nil || !slices.Equal(g.Mute, []syscall.Signal{syscall.SIGTERM}) {
		t.Errorf("Mute = %v, %v", g.Mute, err)
	}
}

func TestRecognize(t *testing.T) {
	for command, want := range map[string]string{
		"nginx -g x": "nginx", "/usr/sbin/php-fpm8.2 -F": "php-fpm", "haproxy": "haproxy", "unicorn_rails": "unicorn",
		"gunicorn app": "auto", "nginx.sh": "auto", "": "auto",
	} {
		if got := Recognize(strings.Fields(command)).Name(); got != want {
			t.Errorf("Recognize(%q) = %s, want %s", command, got, want)
		}
	}
}

// noUnixSockets reports whether this system lacks the sockets that einhorn's workers
// speak on, as wine does.
func noUnixSockets(t *testing.T) bool {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err == nil {
		l.Close()
	}
	return err != nil
}
