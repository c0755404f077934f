package listener

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// soleSocket reports whether no other listening or datagram socket is bound to
// the path, by /proc/net/unix. Accepted connections show the path of their
// listener, too; only a listener has __SO_ACCEPTCON among its flags
// (include/linux/net.h), and a datagram socket is connected to nobody.
func soleSocket(fd int, a Address) bool {
	var own unix.Stat_t
	if unix.Fstat(fd, &own) != nil {
		return false
	}
	const listens, unconnected = "00010000", "01"
	for _, line := range procLines("/proc/net/unix") {
		f := strings.Fields(line)
		if len(f) < 8 || !strings.HasSuffix(line, " "+a.path()) || f[6] == strconv.FormatUint(own.Ino, 10) {
			continue
		}
		if f[3] == listens || !a.Stream() && f[5] == unconnected {
			return false
		}
	}
	return true
}
