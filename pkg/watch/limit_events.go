//go:build !windows

package watch

// noEvents: nothing but a want of watches is a reason to poll.
func noEvents(error) bool { return false }
