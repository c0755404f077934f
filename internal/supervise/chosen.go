package supervise

import (
	"fmt"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// chosen is how the next generation of a service comes in place of the one that serves.
type chosen struct {
	by   string // as handoff.by has it; "": nothing serves yet
	text string // "": the settings say it
	lost string // why clients may notice; "": they do not
}

// chosen is known once something serves: what it binds is learnt.
func (v *service) chosen() (c chosen) {
	g := v.gens[v.state.Serving.Number]
	if g == nil {
		return c
	}
	spec := g.spec
	protocol := spec.protocol().Name()
	if protocol == "auto" {
		protocol = "systemd"
	}
	const refused = "the old version is stopped before the next one starts, and clients are refused in between"
	switch {
	case spec.Restart:
		return chosen{by: "restart"}
	case spec.Relay != nil:
		return chosen{by: "relay", text: "handoff by relay: connections are passed on to the port that each process gets"}
	case len(spec.Sockets) > 0:
		return chosen{by: protocol, text: fmt.Sprintf("handoff by inherited sockets (%s)", protocol)}
	case len(v.store.Learnt()) > 0:
		return chosen{by: protocol, text: fmt.Sprintf("handoff by sockets that it leaves with the supervisor (%s)", protocol)}
	case spec.Overlap:
		return chosen{by: protocol}
	case !spec.adopts():
		return chosen{by: "restart", lost: fmt.Sprintf("with ready.by = %q nothing is adopted", spec.Ready.By) + ": " + refused}
	case v.table.Overlaps() && spec.Adopt:
		return chosen{by: "adopt"}
	case v.table.Overlaps():
		return chosen{by: "adopt", text: "handoff by adopt: " + learnt(v.table)}
	}
	if err := v.table.Obstacle(); err != nil {
		return chosen{by: "restart", lost: err.Error()}
	}
	return chosen{by: "restart", text: "handoff by restart: it has bound no address, and the old version is stopped before the next one starts"}
}

// learnt is where a service listens.
func learnt(t *adopt.Table) string {
	var at []string
	for _, l := range t.Learnt() {
		at = append(at, l.Network+"://"+l.Addr)
	}
	return strings.Join(at, ", ")
}

// sayChosen says it once, when the first generation serves. What is lost is a warning.
func (s *Supervisor) sayChosen(v *service, g *generation) {
	c := v.chosen()
	if v.told || g.phase != lifecycle.Serving || c.by == "" || g.spec.Policy.Once {
		return
	}
	v.told = true
	r := Report{Service: v.name, Kind: Info, Generation: g.number, Text: c.text}
	if c.lost != "" {
		v.stopsFirst = true
		r.Kind, r.Text = Notice, "handoff by restart: "+c.lost
	}
	if r.Text != "" {
		s.observe(r)
	}
}
