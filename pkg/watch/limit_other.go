//go:build !linux && !darwin && !freebsd && !windows

package watch

func openEvents() (backend, error) { return newNotifier() }

// shortage names what the system has run out of.
func shortage(error) string { return "no file descriptors are left" }
