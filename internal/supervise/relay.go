package supervise

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/relay"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// Relaying is how connections are passed on to a service that takes only the number of
// a port.
type Relaying struct {
	Hold  time.Duration // how long a connection waits for a process
	Proxy bool          // each begins with a header of the PROXY protocol
}

// newRelay is for the connections of a service.
func (s *Supervisor) newRelay(name string) *relay.Relay {
	return relay.New(func(text string) {
		s.do(func() { s.observe(Report{Service: name, Kind: Notice, Text: text}) })
	})
}

// relays is where new connections are accepted, and to whom they go. It is compared,
// so that nothing is done twice.
type relays struct {
	doors []string
	to    []int
	tried int // the generation that gets a share of them, in percent; 0: none does
	share int
	hold  time.Duration
}

func (r relays) equal(o relays) bool {
	return slices.Equal(r.doors, o.doors) && slices.Equal(r.to, o.to) && r.tried == o.tried && r.share == o.share && r.hold == o.hold
}

// passOn has new connections go to what is to get them. Until something serves they
// are held, as they are while nothing is ready; but not in place of a service that is
// given its sockets.
func (s *Supervisor) passOn(v *service) {
	if v.yielded || v.state.Stopping {
		v.relay.Stop()
		return
	}
	spec, to := v.spec, v.direction()
	want := relays{to: v.receivers(), tried: to.tried, share: to.share}
	if g := v.gens[v.state.Serving.Number]; g != nil {
		spec = g.spec
	}
	if g := v.gens[v.state.Incoming.Number]; g != nil && slices.Contains(want.to, g.number) {
		spec = g.spec
	}
	var doors []relay.Door
	if spec.Relay != nil {
		want.hold = spec.Relay.Hold
		doors = s.doors(spec)
	}
	for _, d := range doors {
		want.doors = append(want.doors, d.Place, d.Name)
	}
	if want.equal(v.relays) {
		return
	}
	v.relays = want
	v.relay.Aim(want.to)
	v.relay.Try(want.tried, want.share)
	if err := v.relay.Open(doors, want.hold); err != nil {
		s.observe(Report{Service: v.name, Kind: Notice, Text: "cannot accept connections: " + err.Error()})
	}
}

// holdNothing accepts no new connections until passOn. What was accepted is passed on.
func (v *service) holdNothing() {
	v.relays = relays{}
	v.relay.Open(nil, 0) // which opens nothing
}

// receivers are the generations that get new connections: the one that serves, or the
// one that is tried; both, if one takes over from the other step by step.
func (v *service) receivers() (all []int) {
	in := v.state.Incoming
	if in.Phase == lifecycle.Confirming && !in.Rolling {
		return []int{in.Number}
	}
	if n := v.state.Serving.Number; n != 0 {
		all = append(all, n)
	}
	if in.Rolling && (in.Held > 0 || in.Phase == lifecycle.Confirming) {
		all = append(all, in.Number)
	}
	for _, d := range v.state.Draining {
		if d.Phase == lifecycle.Yielding {
			all = append(all, d.Number)
		}
	}
	return all
}

func (s *Supervisor) doors(spec Service) (all []relay.Door) {
	for _, a := range spec.Sockets {
		k, ok := s.sockets[place(a)].(interface{ Listener() (net.Listener, error) })
		if ok {
			all = append(all, relay.Door{Place: place(a), Name: a.Name, Open: k.Listener})
		}
	}
	return all
}

// wanted are the ports that each process gets in place of sockets.
func (s Service) wanted() (all []relay.Port) {
	for i, a := range s.Sockets {
		all = append(all, relay.Port{Name: a.Name, Variable: handoff.PortVariable(a.Name, i == 0)})
	}
	return all
}

// place gives the process its ports, if it is to have some.
func (r *run) place() (err error) {
	if r.launch.Service.Relay == nil {
		return nil
	}
	r.launch.Ports, err = r.v.relay.Add(r.passes(), r.launch.Service.wanted(), r.launch.Service.Relay.Proxy)
	return err
}

func (r *run) passes() relay.Owner { return relay.Owner{Generation: r.generation, Proc: r.id} }

// connected returns when the process listens at all of its ports.
func (r *run) connected(ctx context.Context) error { return r.v.relay.Await(ctx, r.passes()) }

// unconnected says what a process that is alive is waited for.
func (r *run) unconnected() {
	var at []string
	for _, p := range r.v.relay.Missing(r.passes()) {
		at = append(at, fmt.Sprintf("%d ($%s)", p.Number, p.Variable))
	}
	r.s.do(func() {
		r.s.observe(Report{Service: r.v.name, Kind: Notice, Generation: r.generation,
			Text: "it does not listen at port " + strings.Join(at, ", ") + " yet; it has until ready.timeout"})
	})
}

// rest waits until a process is done with its connections, before it is asked to drain.
func (v *service) rest(ctx context.Context, spec Service, f lifecycle.Terminate) error {
	if spec.Relay != nil {
		return v.relay.Quiesce(ctx, relay.Owner{Generation: f.Generation, Proc: f.Proc})
	}
	return v.table.Quiesce(ctx, adopt.Owner{Generation: f.Generation, Proc: f.Proc})
}

// hostVariable is where services look for the address to bind at. They are to be found
// where they are looked for, and by nobody else.
const hostVariable = "HOST"

// portEnv are the variables that tell a process where to listen. What the settings say
// of the host holds.
func (s Service) portEnv(p relay.Ports) []string {
	if len(p.All) == 0 {
		return nil
	}
	env := p.Env()
	if lookup(s.Env, hostVariable) == "" {
		env = append(env, hostVariable+"=127.0.0.1")
	}
	return env
}

// ported has the numbers of ports in the command line and the environment.
func (s Service) ported(p relay.Ports) Service {
	for _, words := range []*[]string{&s.Command, &s.Args, &s.Env} {
		*words = slices.Clone(*words)
		for i, w := range *words {
			(*words)[i] = handoff.FillPorts(w, p.Number)
		}
	}
	return s
}

var errNoPorts = errors.New("it has no port")

// portsOf are those of a child.
func portsOf(c Child) relay.Ports {
	if c, ok := c.(*child); ok {
		return c.ports
	}
	return relay.Ports{}
}

// dialed connects to the port of a child.
func dialed(c Child) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		p := portsOf(c)
		if len(p.All) == 0 {
			return nil, errNoPorts
		}
		return p.Dial(ctx)
	}
}
