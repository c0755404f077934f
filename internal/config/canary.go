package config

import "time"

// Canary is how a new version is tried on a share of the new connections.
type Canary struct {
	// Share is in percent. 0: it is not tried.
	Share int
	For   time.Duration
	// Check is a program that must exit with 0 meanwhile.
	Check []string
}

const (
	minShare = 1
	// Where sockets are shared half is the most that can be: as many processes of the
	// new version as of the old one.
	maxShare = 50
)

func (r reader) canary() Canary {
	return Canary{
		Share: get[int](r, "handoff.canary.share"),
		For:   get[time.Duration](r, "handoff.canary.for"),
		Check: get[[]string](r, "handoff.canary.check"),
	}
}

// canaryIsPossible: two versions serve side by side meanwhile.
func (r reader) canaryIsPossible(s Service) {
	c := s.Handoff.Canary
	if c.Share == 0 {
		for _, key := range []string{"handoff.canary.for", "handoff.canary.check"} {
			if r.isSet(key) && !r.isBroken(key, "handoff.canary.share") {
				r.report(key, wrong("handoff.canary.share is not set").hinted("say how many percent of new connections a new version gets first"))
			}
		}
		return
	}
	if len(c.Check) > 0 && c.Check[0] == "" {
		r.report("handoff.canary.check", wrong("the name of the program is empty"))
	}
	if s.Handoff.By == HandoffRestart && !r.isBroken("handoff.canary.share", "handoff.by") {
		r.report("handoff.canary.share", wrong(`two versions would run at once, and handoff.by is "restart"`).hinted("remove one of them"))
	}
}
