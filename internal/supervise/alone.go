package supervise

// tellAlone has the processes of the oldest generation that is left know that those
// before it are gone, if their protocol has words for it. Not only when it is the last
// one: the next may be waiting for this one in its turn.
func (v *service) tellAlone() {
	var oldest *generation
	for _, g := range v.gens {
		if len(g.procs) > 0 && (oldest == nil || g.number < oldest.number) {
			oldest = g
		}
	}
	if oldest == nil {
		return
	}
	for _, p := range oldest.procs {
		if c, ok := p.child.(interface{ Alone() }); ok {
			c.Alone()
		}
	}
}
