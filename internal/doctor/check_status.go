package doctor

import (
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// checkStatus judges what a supervisor that runs says of its services.
func checkStatus(f Facts) (all []Finding) {
	if f.Status == nil {
		return nil
	}
	for _, s := range f.Status.Services {
		bad := checkService(s, f.Now)
		if bad == nil {
			bad = []Finding{fine("service", "%s serves", s.Name)}
		}
		all = append(all, bad...)
	}
	return all
}

func checkService(s control.Service, now time.Time) (all []Finding) {
	serving := false
	for _, g := range s.Generations {
		serving = serving || g.Phase == "serving"
		all = append(all, checkCrashes(s, g)...)
		all = append(all, checkReady(s, g)...)
		all = append(all, checkDrain(s, g, now)...)
	}
	switch {
	case s.Reason != "" && serving:
		all = append(all, warn("service", "%s: the last handoff ended with: %s", s.Name, s.Reason).
			because("what serves is older than what was asked for").mended("supervisor reload %s", s.Name))
	case !serving:
		all = append(all, problem("service", "%s does not serve%s", s.Name, prefixed(": ", s.Reason)).
			because("clients wait in the queue of its socket").mended("supervisor reload %s", s.Name))
	}
	return all
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func checkCrashes(s control.Service, g control.Generation) (all []Finding) {
	for _, p := range g.Processes {
		if p.Crashes > 0 {
			all = append(all, warn("service", "%s #%d: process %d has crashed %d times in a row", s.Name, g.Number, p.Slot, p.Crashes).
				because("it is started again at ever longer intervals, and serves nobody in between").
				mended("supervisor reload %s", s.Name))
		}
	}
	return all
}

// checkReady: a service that is only known to be alive gets clients before it can
// serve them if it takes longer, and they wait if it takes less.
func checkReady(s control.Service, g control.Generation) []Finding {
	if g.Phase != "serving" || g.ReadyBy != "alive" {
		return nil
	}
	return []Finding{warn("ready", "%s #%d sent no READY=1: it counts as ready because it was still alive after a while", s.Name, g.Number).
		because("a version that starts and cannot serve is promoted all the same").
		mended("%s=http supervisor, or send READY=1 (docs/protocols.md)", variable(s.Name, "ready.by"))}
}

// checkDrain warns of a drain that has used up most of its time.
func checkDrain(s control.Service, g control.Generation, now time.Time) []Finding {
	if g.Phase != "draining" || g.Deadline == nil {
		return nil
	}
	whole, left := g.Deadline.Sub(g.Since), g.Deadline.Sub(now)
	if left > whole/2 {
		return nil
	}
	return []Finding{warn("drain", "%s #%d has been draining for %v and will be killed in %v",
		s.Name, g.Number, now.Sub(g.Since).Round(time.Second), max(0, left).Round(time.Second)).
		because("the connections that it still has will be cut off").
		mended("%s=%v supervisor run", variable(s.Name, "drain.timeout"), 4*whole.Round(time.Second))}
}
