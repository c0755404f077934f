//go:build unix && !linux

package listener

import (
	"io/fs"
	"net"
)

const hasAbstract = false

// setBirthMode: here fchmod(2) does not know sockets, and the umask decides
// until chmod.
func setBirthMode(int, fs.FileMode) error { return nil }

// holder is known on Linux only.
func holder(Address, net.Addr) *Holder { return nil }
