package watch

import (
	"errors"
	"time"

	"golang.org/x/sys/windows"
)

// tolerance is how long a test waits for what must happen. Under wine each look at a file waits for one server, which serves
// all processes: on a busy machine some hundred files take more than a minute.
const tolerance = 5 * time.Minute

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
