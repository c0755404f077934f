//go:build !linux

package watch

// shortage names what the system has run out of.
func shortage(error) string { return "no file descriptors are left" }
