//go:build unix && !linux

package main

import (
	"context"
	"errors"
	"fmt"
)

func (b *bench) startAdopted(context.Context) (*supervised, error) {
	return nil, fmt.Errorf("sockets are adopted on Linux alone: %w", errors.ErrUnsupported)
}
