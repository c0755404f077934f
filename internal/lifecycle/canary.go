package lifecycle

import "time"

// Canary is how a new generation is tried on a share of the new connections before it
// gets all of them.
type Canary struct {
	For     time.Duration // how long; 0: it is not tried
	Share   int           // percent, 1 … 50
	Steered bool          // they are steered by source; else processes share the sockets, and their number decides
	Check   bool          // meanwhile it is checked, and must be well
}

// beside reports whether the incoming generation can serve beside the one in service:
// what has done its work once it has ended has no share of anything.
func (m *machine) beside() bool {
	in, s := m.Incoming, m.Serving
	return !in.Exclusive && !in.Request.Policy.Once && s.Phase == Serving && !s.Request.Policy.Once
}

// mayTry: whoever goes back to an earlier artifact wants it now, and it has served.
func (m *machine) mayTry() bool {
	r := m.Incoming.Request
	return r.Policy.Canary.For > 0 && r.Artifact == "" && m.beside()
}

// sample is how many processes are tried: all if connections are steered to them, else
// so many that they are the share of all that accept on the same sockets, from 1.
func (m *machine) sample() int {
	n, c := m.Incoming.workers(), m.Incoming.Request.Policy.Canary
	if c.Steered {
		return n
	}
	others := 100 - c.Share
	return min(n, max(1, (m.Serving.workers()*c.Share+others/2)/max(1, others)))
}

// try begins a canary, unless it is not what is wanted any more.
func (m *machine) try() {
	g := &m.Incoming
	if m.Pending.Asked {
		m.overtakeCanary()
		return
	}
	c := g.Request.Policy.Canary
	g.Phase, g.Confirmed = Trying, false
	m.do(SetTimer{Timer{CanaryEnd, g.Number, 0}, c.For})
	if c.Check && !g.Checking {
		m.check(g)
	}
}

// tried ends a canary well: what else there is to be is started, and then it goes on
// as it would have without.
func (m *machine) tried() {
	g := &m.Incoming
	g.Phase, g.Sample, g.Tried = Starting, 0, true
	m.complete()
	m.arrived(g)
}

// overtakeCanary ends a canary, since something else is to serve.
func (m *machine) overtakeCanary() {
	reason := "another version was asked for during its canary"
	if m.Pending.Artifact != "" {
		reason = "a rollback was asked for during its canary"
	}
	m.fail(RolledBack, reason)
}
