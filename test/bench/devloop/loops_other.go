//go:build !linux

package main

import (
	"context"
	"errors"
	"fmt"
)

// loops needs Linux: only there a service that knows nothing of the supervisor keeps
// its sockets from one version to the next.
func loops(context.Context, options) error {
	return fmt.Errorf("cannot measure the loop on this system, only builds, with -builds: %w", errors.ErrUnsupported)
}
