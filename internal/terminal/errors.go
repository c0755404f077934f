package terminal

import (
	"errors"
	"fmt"
)

var (
	// ErrNotTerminal says that there is no terminal that lines could change on: the
	// output goes elsewhere, or TERM says that it is dumb.
	ErrNotTerminal = errors.New("cannot change lines in place: the output is no terminal that can; it gets one line after the other")
	// ErrUnsupported says that this system's terminals are not known here. It matches
	// errors.ErrUnsupported.
	ErrUnsupported = fmt.Errorf("cannot change lines in place or take keys on this system: the output gets one line after the other: %w", errors.ErrUnsupported)
)
