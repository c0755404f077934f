package supervise

import (
	"context"
	"errors"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// What a supervisor does that takes over from one that lives, in this order:
//
//	Apply ──▶ Reload of all that can overlap ──▶ Steer ──(in charge)──▶ Succeed ──▶ Reload of the rest
//	                                               └─ Withdraw                       │
//	                                                                    the other one has drained
//
// Until Steer, new connections to what services bind go to the generations of the
// other one.

// Steer sends new connections to what serves here.
func (s *Supervisor) Steer(ctx context.Context) error {
	var failed []error
	err := s.ask(ctx, func() {
		s.waits = false
		for _, v := range s.services {
			s.passOn(v)
			failed = append(failed, s.steer(v))
		}
	})
	return errors.Join(append(failed, err)...)
}

// Withdraw undoes Steer.
func (s *Supervisor) Withdraw(ctx context.Context) error {
	var failed []error
	err := s.ask(ctx, func() {
		s.waits = true
		for _, v := range s.services {
			v.aimed = direction{}
			v.holdNothing()
			failed = append(failed, v.table.Withdraw())
		}
	})
	return errors.Join(append(failed, err)...)
}

// Deserted says that the other one is gone.
func (s *Supervisor) Deserted() {
	s.do(func() {
		for _, v := range s.services {
			v.table.Deserted()
		}
	})
}

// drainsElsewhere is how much longer than the supervisor that has it drain one waits
// for a generation, until it is ended from here.
const drainsElsewhere = time.Minute

// Succeed has every service that must be alone wait until the generation of the other
// supervisor has drained, which is asked to from there.
func (s *Supervisor) Succeed(ctx context.Context) error {
	return s.ask(ctx, func() {
		for _, v := range s.services {
			if a := v.before; a != nil {
				v.before = nil
				s.resumeService(v, a.former(v.name, v.state.Staff))
			}
		}
	})
}

// former is how the other one has left it. How many workers were asked for stays.
func (a *Alone) former(name string, staff lifecycle.Staff) Former {
	g := FormerGeneration{
		Number: a.Number, Phase: lifecycle.Draining, Artifact: a.Artifact,
		DrainTimeout: a.DrainTimeout + drainsElsewhere, Succeeded: true,
	}
	for _, p := range a.Processes {
		s, err := proc.Adopt(p.Identity)
		if err != nil {
			continue // it has ended by now
		}
		s.Drains()
		g.Processes = append(g.Processes, FormerProcess{ID: p.ID, Slot: p.Slot, Child: Survivor(s), Asked: true})
	}
	return Former{Name: name, Staff: staff, Generations: []FormerGeneration{g}}
}
