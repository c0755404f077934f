//go:build darwin || freebsd

package watch

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// mostDescriptors bounds what is taken where there is no limit to speak of.
const mostDescriptors = 1 << 16

// openEvents opens kqueue, which may take half of the descriptors of this program.
func openEvents() (backend, error) {
	b, err := newNotifier()
	if err != nil {
		return nil, err
	}
	return newBudgeted(b, int(min(openFiles()/2, mostDescriptors))), nil
}

func openFiles() uint64 {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return 256 // the least that these systems give
	}
	return uint64(limit.Cur)
}

// shortage names what the system has run out of.
func shortage(error) string {
	return fmt.Sprintf("events take a file descriptor for each file, and there are too many files for half of the limit (ulimit -n is %d)", openFiles())
}
