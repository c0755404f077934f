package listener

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

const hasAbstract = true

// setBirthMode works on the unbound socket: Linux gives its mode, less the
// umask, to the inode that bind(2) makes (unix_bind in net/unix/af_unix.c).
func setBirthMode(fd int, mode fs.FileMode) error {
	return unix.Fchmod(fd, uint32(mode.Perm()))
}
