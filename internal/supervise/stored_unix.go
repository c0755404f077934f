//go:build unix

package supervise

import "syscall"

// inodeOf tells which socket a descriptor is; ok is false for what is none.
func inodeOf(fd int) (inode uint64, ok bool) {
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil || st.Mode&syscall.S_IFMT != syscall.S_IFSOCK {
		return 0, false
	}
	return uint64(st.Ino), true
}
