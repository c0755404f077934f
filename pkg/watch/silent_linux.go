package watch

import "golang.org/x/sys/unix"

// silentFileSystems have a host, a server or a program behind them that changes files without the kernel's knowledge.
// The numbers are from linux/magic.h and, of those outside of the kernel's tree, from statfs(2) of coreutils; FUSE stands
// for virtiofs, sshfs and Docker Desktop's mounts as well, 9p for WSL's.
var silentFileSystems = map[int64]string{
	0x01021997: "9p",
	0x6969:     "nfs",
	0x517B:     "smb",
	0xFE534D42: "smb",
	0xFF534D42: "cifs",
	0x65735546: "fuse",
	0x786F4256: "vboxsf",
	0xBACBACBC: "vmhgfs",
	0x7C7C6673: "prl_fs",
	0x5346414F: "afs",
	0x6B414653: "afs",
	0x00C36400: "ceph",
	0x73757245: "coda",
	0x0BD00BD0: "lustre",
	0x01161970: "gfs2",
	0x7461636F: "ocfs2",
	0x47504653: "gpfs",
	0x19830326: "beegfs",
}

func silentFileSystem(dir string) string {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return ""
	}
	// Some architectures have a signed 32-bit field.
	return silentFileSystems[int64(uint32(st.Type))]
}
