package proc

import (
	"errors"
	"fmt"
)

// MuteError is a program that cannot be kept from sending us signals. It matches
// errors.ErrUnsupported.
type MuteError struct{ Err error }

func (e *MuteError) Error() string {
	return fmt.Sprintf("cannot keep its signals from us: %v; choose another handoff.by", e.Err)
}

func (e *MuteError) Unwrap() []error { return []error{e.Err, errors.ErrUnsupported} }
