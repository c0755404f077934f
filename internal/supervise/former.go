package supervise

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// Former is a service as one supervisor leaves it to the next when it is killed.
type Former struct {
	Name           string
	Last, LastProc int // the highest numbers that were ever given
	Staff          lifecycle.Staff
	Generations    []FormerGeneration
	Stored         []Stored // sockets that processes have left for the next generation
	// Adopted are those that they have bound for themselves, those at one address in
	// the kernel's order. Others is what the generation that serves has bound beside
	// them, and cannot be handed over.
	Adopted []Adopted
	Others  []string
}

// Adopted is a socket that a process has bound for itself.
type Adopted struct {
	Generation, Process int
	Inode               uint64
	Kept                bool   // it was left for the next generation, too
	Path                string // of a unix socket, see adopt.Left
}

// Stored is one of them.
type Stored struct {
	Name  string
	Inode uint64
	FD    int // for the one who takes it over, whose it is
}

// FormerGeneration has processes that live.
type FormerGeneration struct {
	Number       int
	Phase        lifecycle.Phase
	Artifact     rebuild.Artifact
	Signal       os.Signal // nil: as the settings say now
	DrainTimeout time.Duration
	Listens      bool // it was given sockets
	Succeeded    bool // by another supervisor, which lives: its artifact is to be fallen back on
	Processes    []FormerProcess
}

// FormerProcess is one of them.
type FormerProcess struct {
	ID, Slot int
	Child    Child
	Asked    bool // it was told to drain
	Leaves   bool // it was told so alone: others of its generation go on
}

// Standing is what the next supervisor has to know if this one is killed.
type Standing struct {
	Sockets  []StandingSocket
	Services []Former
}

// StandingSocket is a held socket that nobody else looks after.
type StandingSocket struct {
	Key, Address string
	Inode        uint64
}

// Standing returns what there is now. Options.Changed tells when it is another one.
func (s *Supervisor) Standing(ctx context.Context) (e Standing, err error) {
	err = s.ask(ctx, func() {
		e = Standing{}
		for _, k := range s.sockets {
			from, known := k.(interface{ Origin() listener.Origin })
			inode, ok := inodeOf(k.FD())
			if ok && !(known && from.Origin() == listener.Lent) {
				e.Sockets = append(e.Sockets, StandingSocket{k.Address().Key(), k.Address().String(), inode})
			}
		}
		for _, v := range s.services {
			if !v.state.Stopped {
				e.Services = append(e.Services, v.former())
			}
		}
	})
	return e, err
}

func (v *service) former() Former {
	f := Former{Name: v.name, Last: v.state.Last, LastProc: v.state.LastProc, Staff: v.state.Staff}
	stored, release := v.store.Take()
	defer release()
	for _, n := range stored {
		if inode, ok := inodeOf(n.FD); ok {
			f.Stored = append(f.Stored, Stored{Name: n.Name, Inode: inode})
		}
	}
	known, others := v.table.Known()
	f.Others = others
	for _, k := range known {
		f.Adopted = append(f.Adopted, Adopted{k.Generation, k.Proc, k.Inode, k.Kept, k.Path})
	}
	for _, d := range slices.Backward(v.state.Generations()) {
		if g := v.gens[d.Number]; g != nil {
			f.Generations = append(f.Generations, g.former(d))
		}
	}
	return f
}

func (g *generation) former(d lifecycle.Generation) FormerGeneration {
	f := FormerGeneration{
		Number: d.Number, Phase: d.Phase, Artifact: g.artifact,
		Signal: g.spec.Signal, DrainTimeout: g.spec.Policy.DrainTimeout,
		Listens: len(g.spec.Sockets) > 0 && g.spec.Relay == nil,
	}
	if d.Rolling {
		// Whichever of its processes is looked at now: those that it replaces go on.
		f.Phase = lifecycle.Replacing
	}
	for _, p := range d.Procs {
		if r := g.procs[p.ID]; r != nil && r.child != nil {
			f.Processes = append(f.Processes, FormerProcess{
				ID: p.ID, Slot: p.Slot, Child: r.child, Asked: r.asked,
				Leaves: p.Phase == lifecycle.ProcStopping && d.Phase != lifecycle.Draining,
			})
		}
	}
	return f
}

// Survivor makes a Child of a tree that another supervisor has started.
func Survivor(s *proc.Survivor) Child { return survivor{s} }

type survivor struct{ *proc.Survivor }

var errUnheard = errors.New("nobody hears what it says: it was started by a supervisor that is gone")

// Next fails: what such a process says goes to a socket that is gone.
func (survivor) Next() (handoff.Message, error) { return handoff.Message{}, errUnheard }
