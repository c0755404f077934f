package supervise

import (
	"slices"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/relay"
)

// Who gets new connections follows from what is decided.
func TestReceivers(t *testing.T) {
	gen := func(n int, p lifecycle.Phase) lifecycle.Generation { return lifecycle.Generation{Number: n, Phase: p} }
	rolling := func(p lifecycle.Phase, held int) lifecycle.Generation {
		g := gen(2, p)
		g.Rolling, g.Held = true, held
		return g
	}
	old := gen(1, lifecycle.Serving)
	for name, c := range map[string]struct {
		state lifecycle.State
		want  []int
	}{
		"nothing":               {lifecycle.State{}, nil},
		"the first one starts":  {lifecycle.State{Incoming: gen(1, lifecycle.Starting)}, nil},
		"one serves":            {lifecycle.State{Serving: old}, []int{1}},
		"the next one starts":   {lifecycle.State{Serving: old, Incoming: gen(2, lifecycle.Starting)}, []int{1}},
		"the next one is tried": {lifecycle.State{Serving: old, Incoming: gen(2, lifecycle.Confirming)}, []int{2}},
		"one drains":            {lifecycle.State{Serving: gen(2, lifecycle.Serving), Draining: []lifecycle.Generation{gen(1, lifecycle.Draining)}}, []int{2}},
		"a worker is tried":     {lifecycle.State{Serving: old, Incoming: rolling(lifecycle.Confirming, 0)}, []int{1, 2}},
		"no worker is new":      {lifecycle.State{Serving: old, Incoming: rolling(lifecycle.Starting, 0)}, []int{1}},
		"a worker is new":       {lifecycle.State{Serving: old, Incoming: rolling(lifecycle.Starting, 1)}, []int{1, 2}},
		"it goes back":          {lifecycle.State{Serving: old, Draining: []lifecycle.Generation{gen(2, lifecycle.Yielding)}}, []int{1, 2}},
	} {
		v := &service{state: c.state}
		if got := v.receivers(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// A process is told its ports, and HOST unless the settings name another one.
func TestPortEnv(t *testing.T) {
	ports := relay.Ports{All: []relay.Port{{Name: "http", Variable: "PORT", Number: 4000}, {Name: "admin", Variable: "PORT_ADMIN", Number: 4001}}}
	for _, c := range []struct {
		env, want []string
	}{
		{nil, []string{"PORT=4000", "PORT_ADMIN=4001", "HOST=127.0.0.1"}},
		{[]string{"HOST=::1"}, []string{"PORT=4000", "PORT_ADMIN=4001"}},
	} {
		if got := (Service{Env: c.env}).portEnv(ports); !slices.Equal(got, c.want) {
			t.Errorf("got %q", got)
		}
	}
	if got := (Service{}).portEnv(relay.Ports{}); got != nil {
		t.Errorf("got %q", got)
	}
	s := Service{Command: []string{"x", "--port={{port}}"}, Args: []string{`{{port "admin"}}`}, Env: []string{"A={{port}}"}}.ported(ports)
	if !slices.Equal(slices.Concat(s.Command, s.Args, s.Env), []string{"x", "--port=4000", "4001", "A=4000"}) {
		t.Errorf("got %+v", s)
	}
}
