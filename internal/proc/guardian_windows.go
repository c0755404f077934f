package proc

// Guardian has Windows end the process trees that it guards when this program is
// killed: its job is held by nobody else. A nil Guardian guards nothing.
type Guardian struct{ job *job }

// NewGuardian makes the guardian.
func NewGuardian() (*Guardian, error) {
	j, err := newJob(true, Settings{})
	if err != nil {
		return nil, err
	}
	return &Guardian{j}, nil
}

// Guard puts a process that this program has started under the guardian, with all
// that it starts from then on. What it returns does nothing: a process leaves its job
// by ending.
func (g *Guardian) Guard(pid int) (ended func()) {
	if g != nil {
		g.job.add(pid) // one that has ended already needs no guardian
	}
	return func() {}
}

// Close ends what is still guarded.
func (g *Guardian) Close() error {
	if g != nil {
		g.job.close()
	}
	return nil
}

// Dismiss leaves alone what is guarded. Close must be called all the same.
func (g *Guardian) Dismiss() {
	if g != nil {
		g.job.restrict(false, Settings{})
	}
}
