//go:build !linux

package proc

import (
	"errors"
	"fmt"
)

// errIdentity is for systems that do not tell when a process was started.
var errIdentity = fmt.Errorf("cannot recognise processes of a former supervisor on this system: they go on, and a new supervisor does not take them over: %w", errors.ErrUnsupported)

// Identity always fails.
func (p *Process) Identity() (Identity, error) { return Identity{}, errIdentity }

// Self always fails.
func Self() (Identity, error) { return Identity{}, errIdentity }

// Lives always reports false.
func (i Identity) Lives() bool { return false }

// Boot always fails.
func Boot() (string, error) { return "", errIdentity }

// Strays finds nobody.
func Strays(string) []Stray { return nil }
