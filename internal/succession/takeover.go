package succession

import (
	"errors"
	"fmt"
	"strconv"
	"syscall"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// Left is what lives of what a record names.
type Left struct {
	Services []supervise.Former
	Sockets  []listener.Inherited
	Problems []error // what could not be taken over
}

// TakeOver finds what lives. Sockets of which have reports true are there already.
func (r *Record) TakeOver(have func(key string) bool) Left {
	t := taking{record: r, inodes: map[uint64]bool{}}
	for _, s := range r.Sockets {
		t.inodes[s.Inode] = true
	}
	strays := map[string][]proc.Stray{}
	for _, s := range proc.Strays(supervise.MarkPrefix + r.Family) {
		name := s.Env["SUPERVISOR_SERVICE"]
		strays[name] = append(strays[name], s)
	}
	for _, s := range r.Services {
		t.service(s, strays[s.Name])
		delete(strays, s.Name)
	}
	for name, unknown := range strays {
		if name != "" {
			t.service(Service{Name: name}, unknown)
		}
	}
	t.sockets(have)
	return t.left
}

// taking is a TakeOver under way.
type taking struct {
	record  *Record
	left    Left
	inodes  map[uint64]bool // of all sockets
	holders []int           // PIDs of all that lives
}

// service takes over what lives of one service, on record or, if it was started too
// late for that, by what its environment says.
func (t *taking) service(s Service, strays []proc.Stray) {
	f := supervise.Former{
		Name: s.Name, Last: s.Last, LastProc: s.LastProcess, Others: s.Others,
		Staff: lifecycle.Staff{Configured: s.Configured, Scale: s.Scale},
	}
	for _, a := range s.Adopted {
		f.Adopted = append(f.Adopted, supervise.Adopted(a))
	}
	served := 0 // the newest that is known to have been ready
	listed := map[string]bool{}
	var all []survivors
	for _, g := range s.Generations {
		if g.Phase == lifecycle.Serving || g.Phase == lifecycle.Confirming {
			served = max(served, g.Number)
		}
		v := survivors{Generation: g}
		for _, p := range g.Processes {
			if t.adopt(&v, p, s.boundBy(p)) {
				listed[p.Mark] = true
			}
		}
		all = append(all, v)
	}
	for _, p := range strays {
		if !listed[p.Mark] {
			all = t.stray(all, &f, p)
		}
	}
	serving := choose(all, served)
	for _, v := range all {
		if len(v.lives) > 0 {
			f.Generations = append(f.Generations, v.former(v.Number == serving))
		}
	}
	f.Stored = t.stored(s)
	t.left.Services = append(t.left.Services, f)
}

// survivors are a generation of which something lives.
type survivors struct {
	Generation
	lives  []supervise.FormerProcess
	drains bool // one of its processes was told to
}

// boundBy are the sockets that a process has bound for itself.
func (s Service) boundBy(p Process) map[uint64]bool {
	inodes := map[uint64]bool{}
	for _, a := range s.Adopted {
		if a.Process == p.ID {
			inodes[a.Inode] = true
		}
	}
	return inodes
}

// adopt reports whether the process lives. bound are the sockets that it had at last
// beside those that it was given.
func (t *taking) adopt(v *survivors, p Process, bound map[uint64]bool) bool {
	s, err := proc.Adopt(p.Identity)
	if err != nil {
		if !errors.Is(err, proc.ErrGone) {
			t.left.Problems = append(t.left.Problems, err)
		}
		return false
	}
	members := s.Members()
	// Its end may have been asked for a moment before that could be recorded. One who
	// listens no more has heard it.
	asked := p.Asked || v.Listens && len(t.inodes) > 0 && !holdAny(members, t.inodes) ||
		len(bound) > 0 && !holdAny(members, bound)
	if asked {
		s.Drains()
		v.drains = v.drains || !p.Leaves
	}
	t.holders = append(t.holders, members...)
	v.lives = append(v.lives, supervise.FormerProcess{ID: p.ID, Slot: p.Slot, Child: supervise.Survivor(s), Asked: asked, Leaves: p.Leaves})
	return true
}

// stray puts a tree that is on no record where it belongs.
func (t *taking) stray(all []survivors, f *supervise.Former, p proc.Stray) []survivors {
	number, err := strconv.Atoi(p.Env["SUPERVISOR_GENERATION"])
	if err != nil || number <= 0 || number >= maxNumber {
		return all
	}
	f.Last, f.LastProc = max(f.Last, number), f.LastProc+1
	one := Process{Identity: p.Identity, ID: f.LastProc}
	for i := range all {
		if all[i].Number == number {
			t.adopt(&all[i], one, nil)
			return all
		}
	}
	v := survivors{Generation: Generation{Number: number, Phase: lifecycle.Starting}}
	t.adopt(&v, one, nil)
	return append(all, v)
}

// choose returns the number of the generation that goes on serving: the one on
// record, or, if nothing of that listens any more, a newer one: it may have been
// promoted a moment before that could be recorded. Whether it was cannot be told, and
// it is the only one that clients have. 0: there is none.
func choose(all []survivors, served int) (serving int) {
	for _, v := range all {
		if v.Number < served || len(v.lives) == 0 || v.drains {
			continue
		}
		if v.Number == served {
			return served
		}
		serving = max(serving, v.Number)
	}
	return serving
}

func (v survivors) former(serves bool) supervise.FormerGeneration {
	f := supervise.FormerGeneration{
		Number: v.Number, Phase: lifecycle.Draining, Artifact: rebuild.Artifact{Path: v.Artifact, Hash: v.Hash},
		DrainTimeout: v.DrainTimeout, Listens: v.Listens, Processes: v.lives,
	}
	if serves {
		f.Phase = lifecycle.Serving
	}
	if v.Signal != 0 {
		f.Signal = syscall.Signal(v.Signal)
	}
	return f
}

// sockets takes those that are missing.
func (t *taking) sockets(have func(key string) bool) {
	for _, s := range t.record.Sockets {
		if have(s.Key) {
			continue
		}
		fd, from, err := fetch(t.holders, s.Inode)
		if err == nil && from == 0 {
			continue // nobody holds it: it can be bound
		}
		var i listener.Inherited
		if err == nil {
			if i, err = listener.Examine(fd, s.Key, true); err != nil {
				discard(fd)
			}
		}
		if err != nil {
			t.left.Problems = append(t.left.Problems, fmt.Errorf("cannot take %s over from process %d, which holds it since a supervisor was killed: %w; "+
				"start the supervisor as root, or end that process first: its clients are refused until the service is up again", s.Address, from, err))
			continue
		}
		t.left.Sockets = append(t.left.Sockets, i)
	}
}

// stored fetches what the killed supervisor kept for the next generation, if one of
// the processes has it, too. What nobody has is lost.
func (t *taking) stored(s Service) (all []supervise.Stored) {
	for _, n := range s.Stored {
		if fd, from, err := fetch(t.holders, n.Inode); err == nil && from != 0 {
			all = append(all, supervise.Stored{Name: n.Name, Inode: n.Inode, FD: fd})
		}
	}
	return all
}
