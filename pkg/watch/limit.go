package watch

import (
	"errors"
	"syscall"
)

// outOfWatches reports whether the system has no watches or descriptors left: inotify says ENOSPC, or EMFILE for
// its instances; kqueue needs a descriptor for each file and says EMFILE or ENFILE. On Windows there is more, see noEvents.
func outOfWatches(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) ||
		errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM) || noEvents(err)
}
