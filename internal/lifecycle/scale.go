package lifecycle

// Scaling is a change of the number of workers on its way.
type Scaling struct {
	From   int // the number before; 0: none is on its way
	To     int
	Was    int // State.Scale before
	Askers []Ticket
}

// apply: more are started beside those that serve, fewer are told to drain. If one
// does not come up, all is as before.
func (e Scaled) apply(m *machine) {
	n := max(1, e.Workers)
	switch {
	case m.Stopping:
		m.tell([]Ticket{e.Ticket}, Verdict{Outcome: Ended})
		return
	case m.Serving.Number == 0 && m.Incoming.Number == 0:
		m.tell([]Ticket{e.Ticket}, Verdict{Outcome: NotReady, Reason: nothingServes})
		return
	}
	if m.Scaling.From == 0 {
		m.Scaling = Scaling{From: m.Workers(), Was: m.Scale}
	}
	m.Scaling.To, m.Scale = n, n
	m.Scaling.Askers = append(m.Scaling.Askers, e.Ticket)
	for _, p := range m.policies() {
		p.Workers = n
	}
}

const nothingServes = "nothing serves that could have more or fewer workers"

// Workers is how many are asked for of what serves, or, if nothing does, of what is
// on its way in; 0: there is neither.
func (s State) Workers() int {
	switch {
	case s.Serving.Number != 0:
		return s.Serving.workers()
	case s.Incoming.Number != 0:
		return s.Incoming.workers()
	}
	return 0
}

// policies are all that a number of workers is taken from.
func (m *machine) policies() []*Policy {
	var all []*Policy
	for _, g := range []*Generation{&m.Serving, &m.Incoming, &m.Fallback} {
		if g.Number != 0 {
			all = append(all, &g.Request.Policy)
		}
	}
	if m.Pending.Asked {
		all = append(all, &m.Pending.Policy)
	}
	return all
}

// settings are those of a request, with the number of workers that was asked for in
// place of the configured one. That one counts again once it is another.
func (m *machine) settings(p Policy) Policy {
	if n := max(1, p.Workers); n != m.Configured {
		m.Configured, m.Scale = n, 0
	}
	if m.Scale > 0 {
		p.Workers = m.Scale
	}
	return p
}

// scaled ends a scaling when as many are ready as were asked for.
func (m *machine) scaled() {
	s := m.Serving
	switch {
	case m.Scaling.From == 0:
	case s.Number == 0 && m.Incoming.Number == 0:
		m.unscale(NotReady, nothingServes)
	case s.Number == 0:
	case s.Phase == Finished, s.Request.Policy.Once, m.inService() >= s.workers():
		m.endScaling(Verdict{Outcome: Rescale})
	}
}

// unscale goes back to the number before. One that a newer config has set stays.
func (m *machine) unscale(o Outcome, reason string) {
	was := m.Scaling
	for _, p := range m.policies() {
		if p.Workers == was.To {
			p.Workers = was.From
		}
	}
	if m.Scale == was.To {
		m.Scale = was.Was
	}
	m.endScaling(Verdict{Outcome: o, Reason: reason})
}

func (m *machine) endScaling(v Verdict) {
	if m.Scaling.From == 0 {
		return
	}
	askers := m.Scaling.Askers
	m.Scaling = Scaling{}
	m.tell(askers, v)
}

func (m *machine) tell(askers []Ticket, v Verdict) {
	v.Serving, v.Workers = m.Serving.Number, m.Workers()
	m.do(Rescaled{v})
	for _, t := range askers {
		if t != 0 {
			m.do(Answer{t, v})
		}
	}
}
