//go:build !linux

package systemd

import (
	"errors"
	"fmt"
	"time"
)

func notify(string, string, ...int) error {
	return fmt.Errorf("cannot notify systemd: it is Linux only; unset NOTIFY_SOCKET: %w", errors.ErrUnsupported)
}

func monotonic() time.Duration { return 0 }
