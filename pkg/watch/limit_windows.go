package watch

import (
	"errors"
	"slices"
	"syscall"

	"golang.org/x/sys/windows"
)

func openEvents() (backend, error) { return newNotifier() }

// shortage names what the system has run out of, or never had.
func shortage(err error) string {
	if eventless(err) {
		return "its file system tells of no changes"
	}
	return "no handles or no memory are left"
}

// noEvents reports whether a directory cannot be watched, but looked at.
func noEvents(err error) bool {
	return eventless(err) || isAny(err, windows.ERROR_TOO_MANY_OPEN_FILES, windows.ERROR_NOT_ENOUGH_MEMORY, windows.ERROR_NO_SYSTEM_RESOURCES)
}

// eventless is what file systems say that have no ReadDirectoryChangesW: \\wsl$ and folders of virtual machines, for instance.
func eventless(err error) bool {
	return isAny(err, windows.ERROR_INVALID_FUNCTION, windows.ERROR_NOT_SUPPORTED, windows.ERROR_CALL_NOT_IMPLEMENTED)
}

func isAny(err error, list ...syscall.Errno) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) && slices.Contains(list, errno)
}
