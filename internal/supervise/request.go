package supervise

import (
	"context"
	"slices"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// Names returns the services in the order of the config.
func (s *Supervisor) Names(ctx context.Context) (names []string, err error) {
	err = s.ask(ctx, func() { names = slices.Clone(s.order) })
	return names, err
}

// Reload asks for a new generation of each of the services, with the settings that
// were applied last, and returns when all verdicts are there, in the same order. A
// service that is not there has none: its outcome is empty. When ctx ends, only
// the waiting does.
func (s *Supervisor) Reload(ctx context.Context, names []string) ([]lifecycle.Verdict, error) {
	return s.handOff(ctx, names, nil)
}

// handOff is Reload, but that those services go back for which there is an artifact.
func (s *Supervisor) handOff(ctx context.Context, names []string, back map[string]string) ([]lifecycle.Verdict, error) {
	waits := make([]chan lifecycle.Verdict, len(names))
	err := s.ask(ctx, func() {
		for i, name := range names {
			if v := s.services[name]; v != nil {
				waits[i] = make(chan lifecycle.Verdict, 1)
				s.requestFor(v, back[name], waits[i])
			}
		}
	})
	if err != nil {
		return nil, err
	}
	verdicts := make([]lifecycle.Verdict, len(names))
	for i, w := range waits {
		if w == nil {
			continue
		}
		select {
		case verdicts[i] = <-w:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return verdicts, nil
}

// request asks for a generation that nobody waits for.
func (s *Supervisor) request(v *service, force bool) {
	s.happen(v, lifecycle.Requested{Policy: v.policy(), Force: force})
}

// requestFor asks for what the build makes, even if it is what serves, or for an
// earlier artifact.
func (s *Supervisor) requestFor(v *service, back string, asker chan<- lifecycle.Verdict) {
	s.tickets++
	s.askers[s.tickets] = asker
	s.happen(v, lifecycle.Requested{Ticket: s.tickets, Policy: v.policy(), Force: back == "", Artifact: back})
}

// policy: sockets that are adopted are handed over all at once.
func (v *service) policy() lifecycle.Policy {
	p := v.spec.Policy
	p.Rolling = p.Rolling && !v.spec.adopts()
	p.Canary.Steered = v.steered(v.spec)
	p.Canary.Check = v.spec.checksCanary()
	return p
}
