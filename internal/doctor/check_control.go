package doctor

import "errors"

func checkControl(f Facts) (all []Finding) {
	c := f.Control
	switch {
	case errors.Is(c.Err, errors.ErrUnsupported):
		all = append(all, warn("control", "%v", c.Err).because("reload, status and stop find no supervisor here"))
	case c.Err != nil:
		all = append(all, problem("control", "%v", c.Err).
			because("a supervisor and the verbs that ask it find each other there").mended("supervisor --control PATH"))
	case f.Status != nil:
		all = append(all, fine("control", "supervisor %s (pid %d) answers on %s", f.Status.Version, f.Status.PID, c.Path))
	case c.Path != "":
		all = append(all, fine("control", "no supervisor runs here: nothing answers on %s", c.Path))
	}
	for _, path := range c.Stale {
		all = append(all, warn("control", "nobody listens on %s", path).
			because("a supervisor that was killed left it; the next one in its place replaces it").mended("rm %s", quote(path)))
	}
	for _, path := range c.Silent {
		all = append(all, problem("control", "somebody holds %s and does not answer", path).
			because("a supervisor hangs there, or it is none").mended("lsof %s", quote(path)))
	}
	return all
}
