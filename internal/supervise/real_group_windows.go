package supervise

import (
	"github.com/seed-27ba25bb/supervisor/internal/cgroup"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// group makes none: each process has a job object, and that has the limits.
func (y *System) group(Service) (*cgroup.Group, error) { return nil, nil }

// tree are the limits of that job object.
func (s Service) tree() proc.Tree { return proc.Tree{Memory: s.Group.Memory, CPU: s.Group.CPU} }
