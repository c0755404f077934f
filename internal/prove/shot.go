package prove

import (
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// shot is one request; its times are since the load began.
type shot struct {
	start, took time.Duration
	kind        load.Kind
}

// series are the requests of one way. Whoever fires owns it until the load has ended.
type series struct {
	shots []shot
	first map[load.Kind]string // the first failure of each kind
	err   error                // why nothing could be fired
}

func (s *series) add(r load.Request, begun time.Time) {
	s.shots = append(s.shots, shot{r.Start.Sub(begun), r.Took, r.Kind})
	if r.Kind == load.OK || s.first[r.Kind] != "" {
		return
	}
	if s.first == nil {
		s.first = map[load.Kind]string{}
	}
	s.first[r.Kind] = r.Err.Error()
}
