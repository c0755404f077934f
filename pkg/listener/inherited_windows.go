package listener

import (
	"errors"
	"fmt"
)

// Examine always fails: Windows passes no sockets by number.
func Examine(fd int, name string, _ bool) (Inherited, error) {
	return Inherited{}, fmt.Errorf("cannot use inherited descriptor %d (%s): Windows passes none by number: %w", fd, name, errors.ErrUnsupported)
}

func (i Inherited) adopt(a Address) (*Socket, error) {
	return nil, &UnsupportedError{a, "Windows passes no sockets by number"}
}

func (i Inherited) close() {}
