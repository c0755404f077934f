//go:build !linux

package proc

import (
	"os"
	"time"
)

// Survivor is never made on this system.
type Survivor struct{}

// Adopt always fails.
func Adopt(Identity) (*Survivor, error) { return nil, errIdentity }

func (s *Survivor) PID() int               { return 0 }
func (s *Survivor) Started() time.Time     { return time.Time{} }
func (s *Survivor) Contains(int) bool      { return false }
func (s *Survivor) Signal(os.Signal) error { return errIdentity }
func (s *Survivor) Kill() error            { return errIdentity }
func (s *Survivor) Wait() Exit             { return Exit{Code: -1, Reason: errIdentity.Error()} }

// Identity always fails.
func (s *Survivor) Identity() (Identity, error) { return Identity{}, errIdentity }

// Drains and Close do nothing.
func (s *Survivor) Drains() {}
func (s *Survivor) Close()  {}

// Members is empty.
func (s *Survivor) Members() []int { return nil }
