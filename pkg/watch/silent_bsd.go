//go:build darwin || freebsd

package watch

import (
	"strings"

	"golang.org/x/sys/unix"
)

// silentFileSystem knows those by name that have a host, a server or a program behind them, which changes files without
// the kernel's knowledge.
func silentFileSystem(dir string) string {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return ""
	}
	name := unix.ByteSliceToString(st.Fstypename[:])
	switch low := strings.ToLower(name); low {
	case "nfs", "smbfs", "afpfs", "webdav", "p9fs", "9p", "vboxfs", "prl_fs":
		return name
	default:
		if strings.Contains(low, "fuse") || strings.Contains(low, "virtiofs") {
			return name
		}
	}
	return ""
}
