package handoff

import "golang.org/x/sys/unix"

// socketpair is closed on exec from the start: a process that is forked at the same
// moment must not hold either end.
func socketpair() ([2]int, error) {
	return unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
}
