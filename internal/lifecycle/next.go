package lifecycle

// Next decides: what is known after e happened, and what has to be done. It is a
// pure function; the same state and event always give the same answer.
func Next(s State, e Event) (State, []Effect) {
	m := machine{State: s.clone()}
	e.apply(&m)
	m.level()
	return m.State, m.effects
}

// machine is one decision in the making.
type machine struct {
	State
	effects []Effect
}

func (m *machine) do(e ...Effect) { m.effects = append(m.effects, e...) }

// find returns the generation n wherever it stands, or nil when it is no more.
func (m *machine) find(n int) *Generation {
	switch {
	case n == 0:
		return nil
	case m.Incoming.Number == n:
		return &m.Incoming
	case m.Serving.Number == n:
		return &m.Serving
	}
	for i := range m.Draining {
		if m.Draining[i].Number == n {
			return &m.Draining[i]
		}
	}
	return nil
}

// findProc returns a process with its generation, or nil when it is no more.
func (m *machine) findProc(generation, id int) (*Generation, *Proc) {
	g := m.find(generation)
	if g == nil {
		return nil, nil
	}
	p := g.proc(id)
	if p == nil {
		return nil, nil
	}
	return g, p
}

// conclude ends a handoff: everyone who waited for it hears how.
func (m *machine) conclude(askers []Asker, v Verdict) {
	m.do(Conclude{v})
	m.answer(askers, v)
}

func (m *machine) answer(askers []Asker, v Verdict) {
	for _, a := range askers {
		if a.Ticket != 0 {
			m.do(Answer{a.Ticket, v.forAsker(a)})
		}
	}
}
