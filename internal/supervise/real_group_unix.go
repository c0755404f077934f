//go:build unix

package supervise

import (
	"fmt"

	"github.com/seed-27ba25bb/supervisor/internal/cgroup"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// group makes the control group of a process, nil if it needs none.
func (y *System) group(s Service) (*cgroup.Group, error) {
	if s.Group == (cgroup.Limits{}) {
		return nil, nil
	}
	cgroup.Sweep(y.groups())
	return cgroup.Make(y.groups(), fmt.Sprintf("%s-%d", s.Name, y.sockets.Load()), s.Group)
}

// tree is nothing: its group has the limits.
func (s Service) tree() proc.Tree { return proc.Tree{} }
