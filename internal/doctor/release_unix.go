//go:build unix

package doctor

import "golang.org/x/sys/unix"

// Release is that of the kernel, "" if it does not tell.
func Release() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
}
