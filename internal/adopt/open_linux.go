package adopt

import (
	"os"
	"strconv"
	"strings"
)

// processes lists those that belong.
func processes(belongs func(pid int) bool) (pids []int) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil && belongs(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// descriptors are the numbers of a process's sockets, by inode. A process that ends
// meanwhile has none, and so has one that may not be looked into.
func descriptors(pid int) map[uint64]int {
	found, _ := look(pid)
	return found
}

// look is descriptors; its error is that of a process that is gone, or may not be
// looked into.
func look(pid int) (map[uint64]int, error) {
	path := "/proc/" + strconv.Itoa(pid) + "/fd"
	dir, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	found := map[uint64]int{}
	for _, name := range names {
		link, err := os.Readlink(path + "/" + name)
		if err != nil {
			continue
		}
		text, ok := strings.CutPrefix(link, "socket:[")
		inode, err := strconv.ParseUint(strings.TrimSuffix(text, "]"), 10, 64)
		if number, bad := strconv.Atoi(name); ok && err == nil && bad == nil {
			found[inode] = number
		}
	}
	return found, nil
}

// held reports whether a process of the tree has the socket open.
func held(contains func(pid int) bool, inode uint64) bool {
	for _, pid := range processes(contains) {
		if _, has := descriptors(pid)[inode]; has {
			return true
		}
	}
	return false
}
