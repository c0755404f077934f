package supervise

import (
	"context"
	"fmt"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// NoRollbackError says that there is nothing to go back to.
type NoRollbackError struct {
	Service string
	Why     string
	Tip     string
}

func (e *NoRollbackError) Error() string {
	return fmt.Sprintf("cannot roll back %s: %s", e.Service, e.Why)
}

// Hint says what can be done instead.
func (e *NoRollbackError) Hint() string { return e.Tip }

// Rollback puts the artifact in service that served well before the one that does,
// with the settings that were applied last, and waits for the verdict as Reload does.
// During a handoff it goes back to what still serves. A rollback holds until a build
// is asked for. Errors: *NoRollbackError, after which nothing was begun; ErrEnded.
func (s *Supervisor) Rollback(ctx context.Context, name string) (lifecycle.Verdict, error) {
	for {
		now, err := s.standpoint(ctx, name)
		if err != nil {
			return lifecycle.Verdict{}, err
		}
		target := now.target
		if target == "" {
			if target, err = s.previous(ctx, now); err != nil {
				return lifecycle.Verdict{}, err
			}
		}
		answer, stale := make(chan lifecycle.Verdict, 1), false
		if err := s.ask(ctx, func() {
			v := s.services[name]
			if stale = v == nil || v.standpoint() != now.standpoint; !stale {
				s.requestFor(v, target, answer)
			}
		}); err != nil {
			return lifecycle.Verdict{}, err
		}
		if stale {
			continue // a handoff has begun or ended meanwhile
		}
		select {
		case verdict := <-answer:
			return verdict, nil
		case <-ctx.Done():
			return lifecycle.Verdict{}, context.Cause(ctx)
		}
	}
}

// standpoint is what the choice of an artifact to go back to depends on.
type standpoint struct {
	serving int
	served  string
	target  string // it is clear already
}

func (v *service) standpoint() standpoint {
	p := standpoint{serving: v.state.Serving.Number, served: v.state.Serving.Artifact}
	switch in := v.state.Incoming; {
	case in.Request.Artifact != "":
		p.target = in.Request.Artifact // that is where it goes already
	case v.state.Pending.Artifact != "":
		p.target = v.state.Pending.Artifact
	case in.Number != 0:
		p.target = p.served
	}
	return p
}

// choice is what an artifact is chosen by.
type choice struct {
	standpoint
	spec  Service
	filed <-chan struct{} // closed when what is on record is true; nil: it is
}

func (v *service) choice() choice { return choice{v.standpoint(), v.spec, v.filed} }

func (s *Supervisor) standpoint(ctx context.Context, name string) (c choice, err error) {
	var denied error
	err = s.ask(ctx, func() {
		v := s.services[name]
		switch {
		case v == nil || v.state.Stopping:
			denied = &NoRollbackError{Service: name, Why: "it does not run"}
		case !v.spec.kept():
			denied = &NoRollbackError{name, "it has no build, so no earlier version of it is kept",
				"put the earlier version in its place and reload; or let the config say how it is built"}
		default:
			c = v.choice()
		}
	})
	if err == nil {
		err = denied
	}
	return c, err
}

// previous is the artifact that served before the one that does.
func (s *Supervisor) previous(ctx context.Context, c choice) (hash string, err error) {
	all, err := s.artifacts(ctx, c)
	if err != nil {
		return "", err
	}
	a := former(all, c.served)
	if a.Hash == "" {
		return "", &NoRollbackError{c.spec.Name, "there is no earlier artifact that has served",
			"supervisor status lists the artifacts; build.keep says how many are kept"}
	}
	return a.Hash, nil
}

// artifacts are what is kept, once all is on record that has happened.
func (s *Supervisor) artifacts(ctx context.Context, c choice) ([]rebuild.Artifact, error) {
	if c.filed != nil {
		if err := wait(ctx, c.filed); err != nil {
			return nil, err
		}
	}
	return s.world.Artifacts(c.spec)
}

// former is the artifact of all that served last, but for the one that serves.
func former(all []rebuild.Artifact, serving string) (found rebuild.Artifact) {
	for _, a := range all {
		if a.Hash != serving && a.Served.After(found.Served) {
			found = a
		}
	}
	return found
}

// Start is Reload for services that do not run yet. One that was rolled back under an
// earlier supervisor goes on with that artifact; if it does not come to serve, what the
// build makes is tried.
func (s *Supervisor) Start(ctx context.Context, names []string) ([]lifecycle.Verdict, error) {
	back := map[string]string{}
	specs := map[string]Service{}
	if err := s.ask(ctx, func() {
		for _, name := range names {
			if v := s.services[name]; v != nil && v.spec.kept() {
				specs[name] = v.spec
			}
		}
	}); err != nil {
		return nil, err
	}
	for name, spec := range specs {
		back[name] = s.world.Back(spec)
	}
	verdicts, err := s.handOff(ctx, names, back)
	for i, v := range verdicts {
		if back[names[i]] == "" || v.Serving != 0 || v.Decisive() == lifecycle.Ended {
			continue
		}
		again, err := s.Reload(ctx, names[i:i+1])
		if err != nil {
			return nil, err
		}
		verdicts[i] = again[0]
	}
	return verdicts, err
}

// Artifact is one that is kept.
type Artifact struct {
	rebuild.Artifact
	Generation int  // that serves with it; 0: none does
	Former     bool // a rollback would start it
}

// Artifacts tells what is kept of each service that keeps artifacts, newest first.
func (s *Supervisor) Artifacts(ctx context.Context) (map[string][]Artifact, error) {
	var standing []choice
	if err := s.ask(ctx, func() {
		for _, v := range s.services {
			if v.spec.kept() && !v.state.Stopped {
				standing = append(standing, v.choice())
			}
		}
	}); err != nil {
		return nil, err
	}
	kept := map[string][]Artifact{}
	for _, c := range standing {
		all, err := s.artifacts(ctx, c)
		if err != nil {
			continue // nobody who asks how things stand needs to know why
		}
		before := former(all, c.served)
		for _, a := range all {
			one := Artifact{Artifact: a, Former: a.Hash == before.Hash}
			if a.Hash == c.served {
				one.Generation = c.serving
			}
			kept[c.spec.Name] = append(kept[c.spec.Name], one)
		}
	}
	return kept, nil
}
