package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// estateVersion is that of the estate that is left. One of any version from
// oldestEstate on can be read: it lacks what came later.
//
//	2: adopted, alone
const (
	estateVersion = 2
	oldestEstate  = 1
)

// estate is what one supervisor leaves to the next. Descriptors come in this order:
// the control socket, the sockets, what each service has stored and has bound for
// itself.
type estate struct {
	Version  int           `json:"version"`
	Control  string        `json:"control"` // path of the control socket
	Sockets  []leftSocket  `json:"sockets"`
	Services []leftService `json:"services"`

	control   int
	inherited []listener.Inherited
	legacies  []supervise.Legacy
}

type leftSocket struct {
	Name string `json:"name"` // of one of ours, its key
	Ours bool   `json:"ours"`
}

type leftService struct {
	Name       string   `json:"name"`
	Generation int      `json:"generation"`
	Process    int      `json:"process"`
	Configured int      `json:"workers_configured,omitempty"` // lifecycle.Staff
	Scale      int      `json:"workers_scaled,omitempty"`
	Stored     []string `json:"stored,omitempty"`

	Serving int           `json:"serving,omitempty"` // the generation that gets new connections at what was bound
	Adopted []leftAdopted `json:"adopted,omitempty"`
	Others  []string      `json:"others,omitempty"`
	Alone   *leftAlone    `json:"alone,omitempty"`
}

type leftAdopted struct {
	Generation int    `json:"generation"`
	Process    int    `json:"process"`
	Kept       bool   `json:"kept,omitempty"`
	Path       string `json:"path,omitempty"` // of a unix socket
}

type leftAlone struct {
	Generation   int           `json:"generation"`
	Artifact     string        `json:"artifact,omitempty"` // path
	Hash         string        `json:"hash,omitempty"`
	DrainTimeout time.Duration `json:"drain_timeout"`
	Processes    []leftProcess `json:"processes,omitempty"`
}

type leftProcess struct {
	proc.Identity
	ID   int `json:"id"`
	Slot int `json:"slot"`
}

// bequest writes down what is left. done closes what was opened for it.
func (d *daemon) bequest(what supervise.Heritage) (b handoff.Bequest, done func(), err error) {
	e := estate{Version: estateVersion, Control: d.place}
	own, err := d.server.Duplicate()
	if err != nil {
		return b, nil, err
	}
	b.FDs = append(b.FDs, own)
	for _, k := range what.Sockets {
		name := k.Address.Key()
		if k.Lent {
			name = k.Address.Name
		}
		e.Sockets = append(e.Sockets, leftSocket{name, !k.Lent})
		b.FDs = append(b.FDs, k.FD)
	}
	for _, i := range d.given.sockets.Left() {
		e.Sockets = append(e.Sockets, leftSocket{i.Name, i.Ours})
		b.FDs = append(b.FDs, i.FD)
	}
	for _, l := range what.Services {
		s, fds := leave(l)
		e.Services = append(e.Services, s)
		b.FDs = append(b.FDs, fds...)
	}
	b.State, err = json.Marshal(e)
	return b, func() { closeFDs(own) }, err
}

func leave(l supervise.Legacy) (s leftService, fds []int) {
	s = leftService{Name: l.Service, Generation: l.Generation, Process: l.Process, Configured: l.Staff.Configured, Scale: l.Staff.Scale}
	for _, n := range l.Stored {
		s.Stored = append(s.Stored, n.Name)
		fds = append(fds, n.FD)
	}
	s.Serving, s.Others = l.Adopted.Serving, l.Adopted.Others
	for _, a := range l.Adopted.Sockets {
		s.Adopted = append(s.Adopted, leftAdopted{a.Generation, a.Proc, a.Kept, a.Path})
		fds = append(fds, a.FD)
	}
	if a := l.Alone; a != nil {
		s.Alone = &leftAlone{Generation: a.Number, Artifact: a.Artifact.Path, Hash: a.Artifact.Hash, DrainTimeout: a.DrainTimeout}
		for _, p := range a.Processes {
			s.Alone.Processes = append(s.Alone.Processes, leftProcess(p))
		}
	}
	return s, fds
}

// readEstate takes what was left. On an error all of it is closed.
func readEstate(b handoff.Bequest) (*estate, error) {
	e, err := parseEstate(b.State, len(b.FDs))
	if err != nil {
		closeFDs(b.FDs...)
		return nil, fmt.Errorf("cannot take over: %w", err)
	}
	fds := b.FDs
	next := func() int {
		fd := fds[0]
		fds = fds[1:]
		return fd
	}
	e.control = next()
	for _, k := range e.Sockets {
		i, err := listener.Examine(next(), k.Name, k.Ours)
		if err != nil {
			closeFDs(b.FDs...)
			return nil, &socketError{err}
		}
		e.inherited = append(e.inherited, i)
	}
	for _, s := range e.Services {
		l := s.legacy(next)
		e.legacies = append(e.legacies, l)
	}
	return e, nil
}

// socketError is a socket of the supervisor before that this one cannot look at.
type socketError struct{ err error }

func (e *socketError) Error() string { return "cannot take over: " + e.err.Error() }
func (e *socketError) Unwrap() error { return e.err }
func (e *socketError) Hint() string {
	return "nothing is lost: the supervisor before holds the socket and goes on; once the reason is mended, ask for the upgrade again"
}

// legacy takes as many descriptors from next as there are names for.
func (s leftService) legacy(next func() int) supervise.Legacy {
	l := supervise.Legacy{
		Service: s.Name, Generation: s.Generation, Process: s.Process,
		Staff: lifecycle.Staff{Configured: s.Configured, Scale: s.Scale},
	}
	for _, name := range s.Stored {
		l.Stored = append(l.Stored, handoff.Named{Name: name, FD: next()})
	}
	l.Adopted = adopt.Estate{Serving: s.Serving, Others: s.Others}
	for _, a := range s.Adopted {
		owner := adopt.Owner{Generation: a.Generation, Proc: a.Process}
		l.Adopted.Sockets = append(l.Adopted.Sockets, adopt.Left{Owner: owner, Kept: a.Kept, Path: a.Path, FD: next()})
	}
	if a := s.Alone; a != nil {
		l.Alone = &supervise.Alone{Number: a.Generation, Artifact: rebuild.Artifact{Path: a.Artifact, Hash: a.Hash}, DrainTimeout: a.DrainTimeout}
		for _, p := range a.Processes {
			l.Alone.Processes = append(l.Alone.Processes, supervise.AloneProcess(p))
		}
	}
	return l
}

// parseEstate checks that there are as many descriptors as there are names for them.
func parseEstate(text []byte, fds int) (*estate, error) {
	e := new(estate)
	if err := json.Unmarshal(text, e); err != nil {
		return nil, fmt.Errorf("what the supervisor before has left cannot be read: %w", err)
	}
	if e.Version < oldestEstate || e.Version > estateVersion {
		return nil, fmt.Errorf("the supervisor before speaks version %d of the estate, this one version %d: stop it and start this one", e.Version, estateVersion)
	}
	named := 1 + len(e.Sockets)
	for _, s := range e.Services {
		if s.Configured < 0 || s.Configured > config.MaxNumber || s.Scale < 0 || s.Scale > config.MaxNumber {
			return nil, fmt.Errorf("service %q has %d workers, scaled to %d", s.Name, s.Configured, s.Scale)
		}
		if s.Generation < 0 || s.Process < 0 {
			return nil, fmt.Errorf("service %q has the number %d, and its newest process %d", s.Name, s.Generation, s.Process)
		}
		if a := s.Alone; a != nil && (a.Generation <= 0 || a.DrainTimeout < 0) {
			return nil, fmt.Errorf("service %q is alone with generation %d, which drains in %v", s.Name, a.Generation, a.DrainTimeout)
		}
		for _, a := range s.Adopted {
			if a.Path != "" && a.Path[0] != '/' && a.Path[0] != '@' {
				return nil, fmt.Errorf("service %q has a socket at %.300q", s.Name, a.Path)
			}
		}
		named += len(s.Stored) + len(s.Adopted)
	}
	if named != fds {
		return nil, fmt.Errorf("the supervisor before names %d descriptors and has given %d", named, fds)
	}
	return e, nil
}
