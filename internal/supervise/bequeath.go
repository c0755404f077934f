package supervise

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// Heritage is what the supervisor that succeeds this one needs. All descriptors in it
// are duplicates, for whoever asked to close.
type Heritage struct {
	Sockets  []HeldFD
	Services []Legacy
}

// HeldFD is a held socket.
type HeldFD struct {
	Address listener.Address
	Lent    bool // it is somebody's who keeps it open himself
	FD      int
}

// Legacy is what is left of one service.
type Legacy struct {
	Service    string
	Generation int             // the newest number: the next one is higher
	Process    int             // likewise
	Staff      lifecycle.Staff // how many workers were asked for
	Stored     []handoff.Named // what processes left for the next generation
	Adopted    adopt.Estate    // what they have bound for themselves
	Alone      *Alone          // what the next generation must not run beside; nil: nothing
}

// Alone is a generation that has to be gone before the next one starts: the
// supervisor that leaves has it drain, the one that takes over waits for that.
type Alone struct {
	Number       int
	Artifact     rebuild.Artifact
	DrainTimeout time.Duration
	Processes    []AloneProcess
}

// AloneProcess is one of its processes.
type AloneProcess struct {
	proc.Identity
	ID, Slot int
}

// ErrBusy says that a generation is on its way in.
var ErrBusy = errors.New("a handoff is under way")

// AloneError is a service of which two generations cannot run at once, on a system
// where another supervisor cannot tell when the first one is gone.
type AloneError struct {
	Service string
	Err     error
}

func (e *AloneError) Error() string {
	return fmt.Sprintf("service %s cannot run beside its next version, and when it has ended is not to be seen from outside: %v", e.Service, e.Err)
}

func (e *AloneError) Unwrap() error { return e.Err }

// Hint says what makes it possible.
func (e *AloneError) Hint() string {
	return "let the supervisor hold its sockets (listen), or say that it may run twice (handoff.by = systemd); or stop the supervisor and start the new one"
}

// Bequeath returns what there is to leave. Until Reclaim or Yield new connections to
// what services have bound go where they go now. Errors: ErrBusy, *AloneError, ErrEnded.
func (s *Supervisor) Bequeath(ctx context.Context) (e Heritage, err error) {
	var denied error
	if err := s.ask(ctx, func() {
		if denied = s.list(&e); denied != nil {
			s.reclaim()
		}
	}); err != nil {
		return Heritage{}, err
	}
	if denied != nil {
		e.Close()
		return Heritage{}, denied
	}
	return e, nil
}

// Reclaim says that nobody has taken over what Bequeath returned.
func (s *Supervisor) Reclaim() { s.do(s.reclaim) }

func (s *Supervisor) reclaim() {
	for _, v := range s.services {
		v.table.Reclaim()
	}
}

// Yield says that another supervisor has taken over. Stop has to follow. Of what must be
// alone nobody has taken the place: it is not waited until that has no more to do.
func (s *Supervisor) Yield() {
	s.do(func() {
		for _, v := range s.services {
			if !v.lonely {
				v.yielded = true
				v.table.Yield()
				v.relay.Stop()
			}
		}
	})
}

func (s *Supervisor) list(e *Heritage) error {
	if s.stopping {
		return ErrEnded
	}
	for _, v := range s.services {
		if v.state.Incoming.Number != 0 || v.state.Pending.Asked {
			return ErrBusy
		}
	}
	for _, k := range s.sockets {
		if err := e.hold(k); err != nil {
			return err
		}
	}
	for _, v := range s.services {
		if err := e.leave(v); err != nil {
			return err
		}
	}
	return nil
}

func (e *Heritage) hold(k Socket) error {
	fd, err := duplicate(k.FD())
	if err != nil {
		return err
	}
	from, known := k.(interface{ Origin() listener.Origin })
	e.Sockets = append(e.Sockets, HeldFD{Address: k.Address(), Lent: known && from.Origin() == listener.Lent, FD: fd})
	return nil
}

func (e *Heritage) leave(v *service) error {
	l := Legacy{Service: v.name, Generation: v.state.Last, Process: v.state.LastProc, Staff: v.state.Staff}
	var failed error
	if l.Alone, failed = v.alone(); failed != nil {
		return failed
	}
	v.lonely = l.Alone != nil
	if l.Adopted, failed = v.table.Bequeath(); failed != nil {
		return failed
	}
	stored, release := v.store.Take()
	defer release()
	for _, n := range stored {
		fd, err := duplicate(n.FD)
		if err != nil {
			failed = err
			break
		}
		l.Stored = append(l.Stored, handoff.Named{Name: n.Name, FD: fd})
	}
	e.Services = append(e.Services, l)
	return failed
}

// alone is what serves, if nothing may run beside it.
func (v *service) alone() (*Alone, error) {
	d := v.state.Serving
	g := v.gens[d.Number]
	if g == nil || !v.exclusive(v.spec) {
		return nil, nil
	}
	a := &Alone{Number: d.Number, Artifact: g.artifact, DrainTimeout: g.spec.Policy.DrainTimeout}
	for _, p := range d.Procs {
		r := g.procs[p.ID]
		if r == nil || r.child == nil {
			continue
		}
		known, ok := r.child.(interface{ Identity() (proc.Identity, error) })
		if !ok {
			return nil, &AloneError{v.name, errors.ErrUnsupported}
		}
		switch id, err := known.Identity(); {
		case err == nil:
			a.Processes = append(a.Processes, AloneProcess{id, p.ID, p.Slot})
		case !errors.Is(err, proc.ErrGone):
			return nil, &AloneError{v.name, err}
		}
	}
	return a, nil
}

// Close closes the descriptors.
func (e *Heritage) Close() {
	for _, k := range e.Sockets {
		closeFD(k.FD)
	}
	for _, l := range e.Services {
		l.close()
	}
	*e = Heritage{}
}

func (l Legacy) close() {
	for _, n := range l.Stored {
		closeFD(n.FD)
	}
	l.Adopted.Close()
}

func byService(all []Legacy) map[string]Legacy {
	named := map[string]Legacy{}
	for _, l := range all {
		named[l.Service] = l
	}
	return named
}

// enter has a service that is new here go on where it was left.
func (s *Supervisor) enter(v *service) {
	l, left := s.legacies[v.name]
	if !left {
		return
	}
	delete(s.legacies, v.name)
	v.before = l.Alone
	v.table.Inherit(l.Adopted)
	v.state.Last, v.state.LastProc, v.state.Staff = l.Generation, l.Process, l.Staff
	for _, n := range l.Stored {
		v.store.Add(handoff.Message{Notice: handoff.Notice{FDName: n.Name}, FDs: []int{n.FD}})
	}
}

// disown closes what was left for services that there are not any more.
func (s *Supervisor) disown() {
	for name, l := range s.legacies {
		l.close()
		delete(s.legacies, name)
	}
}
