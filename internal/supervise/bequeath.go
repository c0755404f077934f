package supervise

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
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
}

// ErrBusy says that a generation is on its way in.
var ErrBusy = errors.New("a handoff is under way")

// AloneError is a service of which two generations cannot run at once, under one
// supervisor or two.
type AloneError struct{ Service string }

func (e *AloneError) Error() string {
	return fmt.Sprintf("service %s cannot run beside its next version: it would have to be stopped first", e.Service)
}

// Hint says what makes it possible.
func (e *AloneError) Hint() string {
	return "let the supervisor hold its sockets (listen), or say that it may run twice (handoff.by = systemd); or stop the supervisor and start the new one"
}

// Bequeath returns what there is to leave. Errors: ErrBusy, *AloneError, ErrEnded.
func (s *Supervisor) Bequeath(ctx context.Context) (e Heritage, err error) {
	var denied error
	if err := s.ask(ctx, func() { denied = s.list(&e) }); err != nil {
		return Heritage{}, err
	}
	if denied != nil {
		e.Close()
		return Heritage{}, denied
	}
	return e, nil
}

func (s *Supervisor) list(e *Heritage) error {
	if s.stopping {
		return ErrEnded
	}
	for _, v := range s.services {
		if v.state.Incoming.Number != 0 || v.state.Pending.Asked {
			return ErrBusy
		}
		if v.state.Serving.Number != 0 && (v.exclusive(v.spec) || len(v.table.Learnt()) > 0) {
			return &AloneError{v.name}
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
	stored, release := v.store.Take()
	defer release()
	var failed error
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
