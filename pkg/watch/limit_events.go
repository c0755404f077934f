//go:build !windows

package watch

// noEvents: what else there is than a want of watches, is no reason to poll.
func noEvents(error) bool { return false }
