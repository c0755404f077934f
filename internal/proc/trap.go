package proc

import (
	"errors"
	"fmt"
)

// TrapError is a service whose bind and listen could not be trapped; it runs
// without. It matches errors.ErrUnsupported.
type TrapError struct{ Err error }

func (e *TrapError) Error() string {
	return fmt.Sprintf("cannot have bind and listen reported: %v", e.Err)
}

func (e *TrapError) Unwrap() []error { return []error{e.Err, errors.ErrUnsupported} }
