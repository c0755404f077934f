package handoff

import (
	"errors"
	"fmt"
)

// channel: Windows has no pairs of sockets. Say READY=1 by another way.
func channel(speech) (*pipeLine, int, error) {
	return nil, 0, fmt.Errorf("Windows has no pairs of sockets; choose ready.by \"http\", \"tcp\" or \"exec\" and another handoff.by: %w", errors.ErrUnsupported)
}
