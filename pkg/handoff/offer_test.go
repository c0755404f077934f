package handoff

import (
	"slices"
	"testing"
)

func TestStripEnvTakesOutWhatIsNotTheChilds(t *testing.T) {
	got := StripEnv([]string{
		"PATH=/bin", "LISTEN_PID=1", "LISTEN_FDS=2", "LISTEN_FDNAMES=a:b", "LISTEN_PIDFDID=3", "LISTEN=:80",
		"NOTIFY_SOCKET=/run/systemd/notify", "FDSTORE=7", "MAINPID=8", "WATCHDOG_PID=9", "WATCHDOG_USEC=10", "WATCHDOG",
		"DRAIN_TIMEOUT_USEC=11", "TABLEFLIP_HAS_PARENT_7DIU3=yes", "EMPTY=", "A=NOTIFY_SOCKET=x",
	})
	want := []string{"PATH=/bin", "LISTEN=:80", "WATCHDOG", "EMPTY=", "A=NOTIFY_SOCKET=x"}
	if !slices.Equal(got, want) {
		t.Errorf("StripEnv = %q, want %q", got, want)
	}
}

// What Systemd sets, a supervisor under our supervisor must take out again.
func TestStripEnvKnowsWhatSystemdSets(t *testing.T) {
	g, err := Systemd{}.Grant(fullOffer())
	if err != nil {
		t.Fatal(err)
	}
	env := slices.Clone(g.Env)
	for _, key := range g.PIDEnv {
		env = append(env, key+"=1")
	}
	if left := StripEnv(env); len(left) > 0 {
		t.Errorf("StripEnv leaves %q", left)
	}
}
