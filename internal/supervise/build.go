package supervise

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// build makes the artifact of a generation with the newest settings. A service
// without a build goes the same way, and is there at once.
func (s *Supervisor) build(v *service, f lifecycle.Build) {
	g := v.generation(f.Generation, f.Generation)
	ctx, cancel := context.WithCancel(context.Background())
	g.cancelBuild = cancel
	switch {
	case f.Artifact != "":
		s.observe(Report{Service: v.name, Kind: RollingBack, Generation: g.number, Text: "artifact " + short(f.Artifact)})
	case g.spec.Built():
		s.observe(Report{Service: v.name, Kind: Building, Generation: g.number})
	}
	spec, number, back := g.spec, g.number, f.Artifact
	s.jobs.Go(func() {
		defer cancel()
		var a rebuild.Artifact
		var err error
		switch {
		case back != "":
			if a, err = s.world.Artifact(spec, back); err != nil {
				err = fmt.Errorf("cannot go back to artifact %s: %w", short(back), err)
			}
		case spec.kept():
			output := s.output(v.name, 0)
			a, err = s.world.Build(ctx, spec, output)
			output.Close()
		}
		s.do(func() { s.built(v, number, back, a, err) })
	})
}

// short is enough of a hash to tell artifacts apart.
func short(hash string) string { return hash[:min(len(hash), 12)] }

func (s *Supervisor) built(v *service, number int, back string, a rebuild.Artifact, err error) {
	g := v.gens[number]
	cancelled := v.state.Incoming.Number == number && v.state.Incoming.Cancelled
	if cancelled {
		s.observe(Report{Service: v.name, Kind: Cancelled, Generation: number})
	}
	if err != nil {
		v.buildErr = err
		s.happen(v, lifecycle.BuildFailed{Generation: number, Reason: buildReason(err), Missing: back != "" || !g.spec.Built()})
		return
	}
	g.artifact = a
	if g.spec.Built() && !cancelled && back == "" {
		s.observe(Report{Service: v.name, Kind: Built, Generation: number, Took: a.Took})
	}
	exclusive := v.exclusive(g.spec)
	if exclusive {
		s.cannotAdopt(v, g.spec)
		s.cannotTry(v, g.spec)
	}
	s.happen(v, lifecycle.Built{Generation: number, Artifact: a.Hash, Exclusive: exclusive})
}

// exclusive: without a socket to share, two generations would fight for the same
// addresses, unless those can be adopted, or the settings say otherwise.
func (v *service) exclusive(spec Service) bool {
	if spec.Restart || spec.Overlap {
		return spec.Restart
	}
	return spec.Relay == nil && len(spec.Sockets) == 0 && len(v.store.Learnt()) == 0 && !(spec.adopts() && v.table.Overlaps())
}

// buildReason is a failed build in one line.
func buildReason(err error) string {
	var failed *rebuild.Error
	if errors.As(err, &failed) {
		return failed.Error()
	}
	return err.Error()
}
