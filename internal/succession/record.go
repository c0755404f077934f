package succession

import (
	"errors"
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// version is that of the format. A record of another one is not read.
const version = 1

// Record is what one supervisor lets the next one know.
type Record struct {
	Version    int           `json:"version"`
	Boot       string        `json:"boot"`       // starts of processes count from there
	Supervisor proc.Identity `json:"supervisor"` // who wrote it
	Family     string        `json:"family"`     // the marks of all its processes begin with it
	Sockets    []Socket      `json:"sockets,omitempty"`
	Services   []Service     `json:"services,omitempty"`
}

// Socket is a held socket, which some of the processes hold, too.
type Socket struct {
	Key     string `json:"key"` // listener.Address.Key
	Address string `json:"address"`
	Inode   uint64 `json:"inode"`
}

// Service is what runs of one service. Numbers are never given again.
type Service struct {
	Name        string       `json:"name"`
	Last        int          `json:"last"`
	LastProcess int          `json:"last_process"`
	Configured  int          `json:"workers_configured,omitempty"` // lifecycle.Staff
	Scale       int          `json:"workers_scaled,omitempty"`
	Generations []Generation `json:"generations,omitempty"` // oldest first
	Stored      []Stored     `json:"stored,omitempty"`
	Adopted     []Adopted    `json:"adopted,omitempty"` // those at one address in the kernel's order
	Others      []string     `json:"others,omitempty"`  // why what serves must be stopped first
}

// Adopted is a socket that a process has bound for itself.
type Adopted struct {
	Generation int    `json:"generation"`
	Process    int    `json:"process"`
	Inode      uint64 `json:"inode"`
	Kept       bool   `json:"kept,omitempty"`
	Path       string `json:"path,omitempty"` // of a unix socket
}

// Generation is one artifact with its processes.
type Generation struct {
	Number       int             `json:"number"`
	Phase        lifecycle.Phase `json:"phase"`
	Artifact     string          `json:"artifact,omitempty"` // path
	Hash         string          `json:"hash,omitempty"`
	Signal       int             `json:"signal"` // asks it to drain
	DrainTimeout time.Duration   `json:"drain_timeout"`
	Listens      bool            `json:"listens"` // it was given sockets
	Processes    []Process       `json:"processes,omitempty"`
}

// Process is the leader of a process tree.
type Process struct {
	proc.Identity
	ID     int  `json:"id"`
	Slot   int  `json:"slot"`
	Asked  bool `json:"asked,omitempty"`  // it was told to drain
	Leaves bool `json:"leaves,omitempty"` // it was told so alone: others of its generation go on
}

// Stored is a socket that a process has left for the next generation.
type Stored struct {
	Name  string `json:"name"`
	Inode uint64 `json:"inode"`
}

const (
	maxName    = 255
	minFamily  = 16
	maxNumber  = 1 << 40
	maxWorkers = 1 << 16
	maxSignal  = 64
	maxPath    = 4096
	maxRecord  = 16 << 20
)

// check refuses what no supervisor has written.
func (r *Record) check() error {
	switch {
	case r.Version != version:
		return fmt.Errorf("it is of version %d, and this supervisor reads version %d", r.Version, version)
	case len(r.Family) < minFamily || len(r.Family) > maxName:
		return fmt.Errorf("family %.300q has not from %d to %d characters", r.Family, minFamily, maxName)
	case r.Supervisor.PID <= 0:
		return fmt.Errorf("its supervisor has PID %d", r.Supervisor.PID)
	}
	seen := map[string]bool{}
	for _, s := range r.Services {
		if s.Name == "" || len(s.Name) > maxName || seen[s.Name] {
			return fmt.Errorf("service %.300q has no name or stands there twice", s.Name)
		}
		seen[s.Name] = true
		if err := s.check(); err != nil {
			return fmt.Errorf("service %s: %w", s.Name, err)
		}
	}
	return nil
}

func (s Service) check() error {
	if !counts(s.Last) || !counts(s.LastProcess) {
		return fmt.Errorf("its last numbers are %d and %d", s.Last, s.LastProcess)
	}
	if s.Configured < 0 || s.Configured > maxWorkers || s.Scale < 0 || s.Scale > maxWorkers {
		return fmt.Errorf("it has %d workers, scaled to %d", s.Configured, s.Scale)
	}
	generations, processes := map[int]bool{}, map[int]bool{}
	for _, g := range s.Generations {
		if g.Number <= 0 || !counts(g.Number) || generations[g.Number] {
			return fmt.Errorf("generation %d cannot be, or stands there twice", g.Number)
		}
		generations[g.Number] = true
		if g.Signal < 0 || g.Signal > maxSignal || g.DrainTimeout < 0 {
			return fmt.Errorf("generation %d drains by signal %d in %v", g.Number, g.Signal, g.DrainTimeout)
		}
		for _, p := range g.Processes {
			if p.ID <= 0 || !counts(p.ID) || processes[p.ID] {
				return fmt.Errorf("process %d cannot be, or stands there twice", p.ID)
			}
			processes[p.ID] = true
			if p.PID <= 1 || p.Mark == "" {
				return errors.New("a process has no PID or no mark")
			}
		}
	}
	for _, a := range s.Adopted {
		if !counts(a.Generation) || !counts(a.Process) || a.Inode == 0 {
			return fmt.Errorf("socket %d of process %d cannot be", a.Inode, a.Process)
		}
		if len(a.Path) > maxPath || a.Path != "" && a.Path[0] != '/' && a.Path[0] != '@' {
			return fmt.Errorf("socket %d cannot be at %.300q", a.Inode, a.Path)
		}
	}
	return nil
}

func counts(n int) bool { return n >= 0 && n < maxNumber }
