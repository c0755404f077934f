//go:build !linux

package cgroup

import (
	"errors"
	"fmt"
)

// Group is never made here: only Linux has control groups.
type Group struct{}

// Make returns an *Error that matches errors.ErrUnsupported.
func Make(string, string, Limits) (*Group, error) {
	return nil, &Error{fmt.Errorf("this system has none: %w", errors.ErrUnsupported)}
}

func (*Group) FDs() []int    { return nil }
func (*Group) Joined()       {}
func (*Group) Remove() error { return nil }

// Sweep does nothing.
func Sweep(string) {}
