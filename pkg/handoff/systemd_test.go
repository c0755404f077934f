package handoff

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func fullOffer() Offer {
	return Offer{
		Sockets:      []Named{{Name: "http", FD: 7}, {FD: 9}},
		Stored:       []Named{{Name: "state", FD: 12}, {FD: 8}},
		StoreMax:     64,
		NotifySocket: "/run/x/notify",
		Watchdog:     90 * time.Second,
		DrainTimeout: 30 * time.Second,
	}
}

func TestSystemdGrant(t *testing.T) {
	g, err := Systemd{}.Grant(fullOffer())
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{7, 9, 12, 8}; !slices.Equal(g.FDs, want) {
		t.Errorf("FDs = %v, want %v", g.FDs, want)
	}
	env := []string{
		"LISTEN_FDS=4", "LISTEN_FDNAMES=http:unknown:state:stored", "FDSTORE=64", "NOTIFY_SOCKET=/run/x/notify",
		"WATCHDOG_USEC=90000000", "DRAIN_TIMEOUT_USEC=30000000",
	}
	if !slices.Equal(g.Env, env) {
		t.Errorf("Env = %q, want %q", g.Env, env)
	}
	if want := []string{"LISTEN_PID", "WATCHDOG_PID"}; !slices.Equal(g.PIDEnv, want) {
		t.Errorf("PIDEnv = %q, want %q", g.PIDEnv, want)
	}
}

// LISTEN_FDS=0 would be a claim too.
func TestSystemdGrantsNothingOfNothing(t *testing.T) {
	g, err := Systemd{}.Grant(Offer{})
	if err != nil || g.FDs != nil || g.Env != nil || g.PIDEnv != nil {
		t.Errorf("Grant = %+v, %v", g, err)
	}
}

func TestSystemdRefuses(t *testing.T) {
	for want, o := range map[string]Offer{
		`cannot offer descriptor 3: the name "a:b" is not printable`: {Sockets: []Named{{Name: "a:b", FD: 3}}},
		`cannot offer descriptor 4: the name has 256 bytes`:          {Stored: []Named{{Name: strings.Repeat("n", 256), FD: 4}}},
		`cannot offer "web": its descriptor is closed`:               {Sockets: []Named{{Name: "web", FD: -1}}},
	} {
		g, err := Systemd{}.Grant(o)
		if err == nil || !strings.Contains(err.Error(), want) || g.FDs != nil {
			t.Errorf("Grant = %+v, %v; want %q", g, err, want)
		}
	}
}
