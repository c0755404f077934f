package watch

import "golang.org/x/sys/unix"

// beingWritten reports whether anybody has a file open for writing. A lease for reading is only given if nobody has; see
// F_SETLEASE in fcntl(2). It is given back at once; who opens the file meanwhile waits that long. Where there are no
// leases (files of other users, network file systems), the answer is no.
func beingWritten(path string) bool {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_RDLCK); err != nil {
		return err == unix.EAGAIN
	}
	unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_UNLCK)
	return false
}
