package adopt

import "golang.org/x/sys/unix"

const callUnlink = unix.SYS_UNLINK
