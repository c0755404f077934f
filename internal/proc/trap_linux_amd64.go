package proc

import "golang.org/x/sys/unix"

// unlinking removes names.
var unlinking = []uint32{unix.SYS_UNLINK, unix.SYS_UNLINKAT}

const auditArch = unix.AUDIT_ARCH_X86_64
