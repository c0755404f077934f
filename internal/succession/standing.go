package succession

import (
	"cmp"
	"slices"
	"syscall"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
)

// record puts down what stands, in an order that does not change by itself.
func (k *Keeper) record(now supervise.Standing) Record {
	r := Record{Version: version, Boot: k.boot, Supervisor: k.self, Family: k.family}
	for _, s := range now.Sockets {
		r.Sockets = append(r.Sockets, Socket(s))
	}
	slices.SortFunc(r.Sockets, func(a, b Socket) int { return cmp.Compare(a.Key, b.Key) })
	for _, f := range now.Services {
		r.Services = append(r.Services, recordOf(f))
	}
	slices.SortFunc(r.Services, func(a, b Service) int { return cmp.Compare(a.Name, b.Name) })
	return r
}

func recordOf(f supervise.Former) Service {
	s := Service{Name: f.Name, Last: f.Last, LastProcess: f.LastProc, Configured: f.Staff.Configured, Scale: f.Staff.Scale}
	for _, n := range f.Stored {
		s.Stored = append(s.Stored, Stored{n.Name, n.Inode})
	}
	for _, a := range f.Adopted {
		s.Adopted = append(s.Adopted, Adopted(a))
	}
	s.Others = f.Others
	for _, g := range f.Generations {
		s.Generations = append(s.Generations, generationOf(g))
	}
	return s
}

func generationOf(f supervise.FormerGeneration) Generation {
	g := Generation{
		Number: f.Number, Phase: f.Phase, Artifact: f.Artifact.Path, Hash: f.Artifact.Hash,
		DrainTimeout: f.DrainTimeout, Listens: f.Listens,
	}
	if sig, ok := f.Signal.(syscall.Signal); ok {
		g.Signal = int(sig)
	}
	for _, p := range f.Processes {
		known, ok := p.Child.(interface{ Identity() (proc.Identity, error) })
		if !ok {
			continue
		}
		// Who is gone by now needs no record.
		if id, err := known.Identity(); err == nil {
			g.Processes = append(g.Processes, Process{id, p.ID, p.Slot, p.Asked, p.Leaves})
		}
	}
	return g
}
