package supervise

import (
	"context"
	"fmt"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// Trial is a generation that serves a share of the new connections, as a program is
// told that says whether it is well.
type Trial struct {
	Service    Service
	Generation int
	Artifact   string // by content; "": it has no build
	Share      int    // in percent
	Children   []Child
	Serving    int // the generation that has the others
	Others     []Child
	Addresses  []string // where the service listens, as network://address
}

// steered reports whether connections are sent to generations by their source: then
// all workers of one are tried. Else the workers share sockets, and their number
// decides.
func (v *service) steered(spec Service) bool {
	return spec.Relay != nil || spec.adopts() && len(v.store.Learnt()) == 0
}

// checksCanary reports whether a generation that is tried is asked anything. By http
// the old one might answer, unless the sockets are shared: then it is asked until the
// new one does.
func (s Service) checksCanary() bool { return len(s.Canary) > 0 || s.readyChecksCanary() }

func (s Service) readyChecksCanary() bool {
	return s.Ready.Check == "exec" || s.Ready.Check == "http" && len(s.Sockets) > 0
}

// share is what the generation on its way in gets of the new connections, in percent,
// and by what.
func (v *service) share() (percent int, by string) {
	in := v.state.Incoming
	if in.Request.Policy.Canary.Steered {
		return in.Request.Policy.Canary.Share, "by source address"
	}
	now, before := len(in.Procs), 0
	for _, p := range v.state.Serving.Procs {
		if p.Phase == lifecycle.ProcReady {
			before++
		}
	}
	return 100 * now / max(1, now+before), fmt.Sprintf("%s beside %d", workers(now), before)
}

// trial says in words what a canary is.
func (v *service) trial(g *generation) string {
	percent, by := v.share()
	c := g.spec.Policy.Canary
	text := fmt.Sprintf("%d%% of new connections for %v, %s", percent, c.For, by)
	if percent != c.Share {
		text += fmt.Sprintf("; %d%% would take another number of workers", c.Share)
	}
	return text
}

// cannotTry says once that a version which must be alone is not tried.
func (s *Supervisor) cannotTry(v *service, spec Service) {
	if v.untried || spec.Policy.Canary.For == 0 || v.state.Serving.Number == 0 {
		return
	}
	v.untried = true
	s.observe(Report{Service: v.name, Kind: Notice,
		Text: "handoff.canary has no effect: the old version is stopped before the next one starts, which then gets all connections at once"})
}

// asksCanary returns what asks whether a generation that is tried is well.
func (s *Supervisor) asksCanary(v *service, g *generation) func(context.Context) error {
	t := Trial{
		Service: g.spec, Generation: g.number, Artifact: g.artifact.Hash, Children: g.children(),
		Serving: v.state.Serving.Number, Addresses: s.addresses(v, g.spec),
	}
	t.Share, _ = v.share()
	if old := v.gens[t.Serving]; old != nil {
		t.Others = old.children()
	}
	return func(ctx context.Context) error {
		if t.Service.readyChecksCanary() {
			if err := s.world.Check(ctx, t.Service, t.Children); err != nil {
				return err
			}
		}
		if len(t.Service.Canary) == 0 {
			return nil
		}
		return s.world.CheckCanary(ctx, t)
	}
}

// addresses are where the service listens.
func (s *Supervisor) addresses(v *service, spec Service) (all []string) {
	for _, a := range spec.Sockets {
		if k := s.sockets[place(a)]; k != nil {
			all = append(all, a.Network+"://"+reached(a, k))
		}
	}
	for _, l := range v.store.Learnt() {
		all = append(all, l.Network+"://"+l.Addr.String())
	}
	for _, l := range v.table.Learnt() {
		all = append(all, l.Network+"://"+l.Addr)
	}
	return all
}
