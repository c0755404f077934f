package succession

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// holdAny reports whether one of the processes holds one of the sockets. It says so
// of those that do not let us look, too.
func holdAny(pids []int, inodes map[uint64]bool) bool {
	for _, pid := range pids {
		held, err := socketsOf(pid)
		if err != nil && !gone(err) {
			return true
		}
		for inode := range held {
			if inodes[inode] {
				return true
			}
		}
	}
	return false
}

func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH) }

// fetch duplicates a socket that one of the processes holds. From is the process: 0
// if none does.
func fetch(pids []int, inode uint64) (fd, from int, err error) {
	for _, pid := range pids {
		held, failed := socketsOf(pid)
		at, ok := held[inode]
		if failed != nil && !gone(failed) {
			from, err = pid, failed
		}
		if !ok {
			continue
		}
		if fd, failed = duplicate(pid, at, inode); failed == nil {
			return fd, pid, nil
		}
		if !gone(failed) {
			from, err = pid, failed
		}
	}
	return -1, from, err
}

// socketsOf returns the descriptors of sockets that a process has, by inode.
func socketsOf(pid int) (map[uint64]int, error) {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd"
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	held := map[uint64]int{}
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err != nil {
			continue // closed since
		}
		text, ok := strings.CutPrefix(target, "socket:[")
		inode, err := strconv.ParseUint(strings.TrimSuffix(text, "]"), 10, 64)
		fd, no := strconv.Atoi(e.Name())
		if ok && err == nil && no == nil {
			held[inode] = fd
		}
	}
	return held, nil
}

// errOther says that a descriptor stands for something else by now.
var errOther = fmt.Errorf("it has closed the socket: %w", fs.ErrNotExist)

// duplicate takes a descriptor of another process. Whose it was a moment ago does
// not matter: what counts is that it is the socket.
func duplicate(pid, at int, inode uint64) (int, error) {
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return -1, os.NewSyscallError("pidfd_open", err)
	}
	defer unix.Close(process)
	fd, err := unix.PidfdGetfd(process, at, 0)
	if errors.Is(err, unix.EBADF) {
		return -1, errOther
	}
	if err != nil {
		return -1, os.NewSyscallError("pidfd_getfd", err)
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Ino != inode || st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		unix.Close(fd)
		return -1, errOther
	}
	return fd, nil
}

// discard closes a socket that was fetched: an address is not free while it is open.
func discard(fd int) { unix.Close(fd) }
