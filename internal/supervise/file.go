package supervise

import (
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// file puts on record what serves now, and lets artifacts go that neither run nor may
// be started again. One follows the other, so that the last word is the newest.
func (s *Supervisor) file(v *service, verdict lifecycle.Verdict) {
	if !v.spec.kept() {
		return
	}
	var inUse []string
	for n, g := range v.gens {
		if v.state.Needs(n) && g.artifact.Hash != "" {
			inUse = append(inUse, g.artifact.Hash)
		}
	}
	record, known := v.record(verdict)
	spec, before, done := v.spec, v.filed, make(chan struct{})
	v.filed = done
	s.jobs.Go(func() {
		defer close(done)
		if before != nil {
			<-before
		}
		if known {
			if err := s.world.Record(spec, record); err != nil {
				s.do(func() {
					s.observe(Report{Service: v.name, Kind: Notice, Generation: verdict.Generation,
						Text: fmt.Sprintf("cannot record that it serves, so that rollback may not find it: %v", err)})
				})
			}
		}
		s.world.Tidy(spec, inUse)
	})
}

// record is what a verdict says of artifacts.
func (v *service) record(verdict lifecycle.Verdict) (r Record, known bool) {
	r = Record{Served: v.state.Serving.Artifact, At: time.Now()}
	if r.Served == "" || verdict.Outcome != lifecycle.Promoted && verdict.Outcome != lifecycle.Unchanged {
		return r, false
	}
	if r.Back = verdict.Artifact; r.Back != "" && v.served != r.Served {
		r.Withdrawn = v.served
	}
	return r, true
}
