//go:build darwin || freebsd

package rebuild

import "golang.org/x/sys/unix"

// freeMemory is a quarter of the machine's memory: how much of it can be had,
// there is no simple way to tell. 0 if it cannot be told.
func freeMemory() uint64 {
	all, err := unix.SysctlUint64(memorySysctl)
	if err != nil {
		return 0
	}
	return all / 4
}
