//go:build !linux

package doctor

import (
	"context"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// lookAtKernel sees nothing: other systems do not show a process's descriptors.
func lookAtKernel(context.Context, control.Status, []config.Service, time.Duration) []Tree {
	return nil
}
