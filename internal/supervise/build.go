package supervise

import (
	"context"
	"errors"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// build makes the artifact of a generation with the newest settings. A service
// without a build goes the same way, and is there at once.
func (s *Supervisor) build(v *service, f lifecycle.Build) {
	g := v.generation(f.Generation, f.Generation)
	ctx, cancel := context.WithCancel(context.Background())
	g.cancelBuild = cancel
	if g.spec.Built() {
		s.observe(Report{Service: v.name, Kind: Building, Generation: g.number})
	}
	spec, number := g.spec, g.number
	s.jobs.Go(func() {
		defer cancel()
		var a rebuild.Artifact
		var err error
		if spec.Built() {
			output := s.output(v.name, 0)
			a, err = s.world.Build(ctx, spec, output)
			output.Close()
		}
		s.do(func() { s.built(v, number, a, err) })
	})
}

func (s *Supervisor) built(v *service, number int, a rebuild.Artifact, err error) {
	g := v.gens[number]
	cancelled := v.state.Incoming.Number == number && v.state.Incoming.Cancelled
	if cancelled {
		s.observe(Report{Service: v.name, Kind: Cancelled, Generation: number})
	}
	if err != nil {
		v.buildErr = err
		s.happen(v, lifecycle.BuildFailed{Generation: number, Reason: buildReason(err)})
		return
	}
	g.artifact = a
	if g.spec.Built() && !cancelled {
		s.observe(Report{Service: v.name, Kind: Built, Generation: number, Took: a.Took})
	}
	exclusive := v.exclusive(g.spec)
	if exclusive {
		s.cannotAdopt(v, g.spec)
	}
	s.happen(v, lifecycle.Built{Generation: number, Artifact: a.Hash, Exclusive: exclusive})
}

// exclusive: without a socket to share, two generations would fight for the same
// addresses, unless those can be adopted, or the settings say otherwise.
func (v *service) exclusive(spec Service) bool {
	if spec.Restart || spec.Overlap {
		return spec.Restart
	}
	return len(spec.Sockets) == 0 && len(v.store.Learnt()) == 0 && !(spec.adopts() && v.table.Overlaps())
}

// buildReason is a failed build in one line.
func buildReason(err error) string {
	var failed *rebuild.Error
	if errors.As(err, &failed) {
		return failed.Error()
	}
	return err.Error()
}
