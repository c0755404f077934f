package listener

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
)

// holder finds who has the address by way of proc(5): the address gives socket
// inodes, and /proc/PID/fd says who has one of them open. Other users'
// processes show theirs to root only. at is the address as net resolved it,
// nil for unix sockets.
func holder(a Address, at net.Addr) *Holder {
	inodes := unixInodes(a.Addr)
	if !a.unix() {
		inodes = inetInodes(a.Network[:3], at)
	}
	if len(inodes) == 0 {
		return nil
	}
	for _, pid := range pids() {
		if !holds(pid, inodes) {
			continue
		}
		name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		return &Holder{PID: pid, Name: strings.TrimSpace(string(name))}
	}
	return nil
}

func pids() []int {
	entries, _ := os.ReadDir("/proc")
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

// holds reports whether the process has one of the sockets open. A process
// that ends meanwhile holds nothing.
func holds(pid int, inodes map[string]bool) bool {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	fds, _ := os.ReadDir(dir)
	for _, fd := range fds {
		link, _ := os.Readlink(dir + "/" + fd.Name())
		inode, ok := strings.CutPrefix(link, "socket:[")
		if ok && inodes[strings.TrimSuffix(inode, "]")] {
			return true
		}
	}
	return false
}
