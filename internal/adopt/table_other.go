//go:build !linux

package adopt

import (
	"context"
	"errors"
	"os"
	"time"
)

var errSystem = errors.New("this system has no way to see what a process binds")

// Table has no effect here.
type Table struct{}

// NewTable returns an empty table, which is Refused.
func NewTable(func(Notice)) *Table { return &Table{} }

func (*Table) Refuse(error)                         {}
func (*Table) Refused() error                       { return Supported() }
func (*Table) Obstacle() error                      { return Supported() }
func (*Table) Overlaps() bool                       { return false }
func (*Table) Learnt() []Learnt                     { return nil }
func (*Table) Keep([]int)                           {}
func (*Table) Steer(int) error                      { return nil }
func (*Table) Try(int, int, int) error              { return nil }
func (*Table) Gone(Owner)                           {}
func (*Table) Close()                               {}
func (*Table) Follow(Tree, *os.File)                {}
func (*Table) Paths() bool                          { return false }
func (*Table) Expects(int) bool                     { return false }
func (*Table) Check(int) error                      { return nil }
func (*Table) Quiesce(context.Context, Owner) error { return nil }

// Bequeath has nothing to leave.
func (*Table) Bequeath() (Estate, error) { return Estate{}, nil }

// Close does nothing.
func (Estate) Close() {}

func (*Table) Reclaim()        {}
func (*Table) Yield()          {}
func (*Table) Inherit(Estate)  {}
func (*Table) Withdraw() error { return nil }
func (*Table) Deserted()       {}

// Known knows nothing.
func (*Table) Known() ([]Known, []string) { return nil, nil }

func (*Table) Resume(int, []Survivor, []Known, []string) {}

// Await never sees anything.
func (*Table) Await(ctx context.Context, _ Owner, _ time.Duration) error {
	<-ctx.Done()
	return ctx.Err()
}

// Supported returns an *UnsupportedError: what is bound by a process cannot be
// handed over here.
func Supported() error { return &UnsupportedError{Err: errSystem} }
