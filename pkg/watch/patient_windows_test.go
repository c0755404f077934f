package watch

import (
	"errors"
	"time"

	"golang.org/x/sys/windows"
)

// patiently does what editors do here when they save: a file that somebody reads at this moment cannot be replaced, and under
// wine a directory that somebody looks a name up in cannot be removed. They try again.
func patiently(change func() error) error {
	for end := time.Now().Add(tolerance); ; {
		err := change()
		busy := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
		if !busy || time.Now().After(end) {
			return err
		}
		windows.SleepEx(1, false)
	}
}
