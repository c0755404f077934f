package probe

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
)

// heldBy returns nil if a process of the generation has the socket open, and
// ErrOther if none has. If one of the generation does not let itself be looked
// into, the error matches fs.ErrPermission.
func heldBy(inode uint32, mine Belongs) error {
	all, err := pids()
	if err != nil {
		return fmt.Errorf("cannot see which process accepted the connection: %w; %s", err, instead)
	}
	link := fmt.Sprintf("socket:[%d]", inode)
	var denied error
	for _, pid := range all {
		if !mine(pid) {
			continue
		}
		switch held, err := holds(pid, link); {
		case held:
			return nil
		case errors.Is(err, fs.ErrPermission) && !zombie(pid):
			denied = err
		}
	}
	if denied != nil {
		return fmt.Errorf("cannot see whether the new generation accepted the connection: %w; %s", denied, instead)
	}
	return ErrOther
}

// pids lists all processes, by number from the highest: those of a generation that
// has just started are usually among the first.
func pids() ([]int, error) {
	names, err := readNames("/proc")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	slices.Reverse(pids)
	return pids, nil
}

// holds reports whether the process has a descriptor that links to that. A process
// that ends meanwhile holds nothing.
func holds(pid int, link string) (bool, error) {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd"
	names, err := readNames(dir)
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if got, err := os.Readlink(dir + "/" + name); err == nil && got == link {
			return true, nil
		} else if errors.Is(err, fs.ErrPermission) {
			return false, err
		}
	}
	return false, nil
}

func readNames(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

// zombie reports whether the process has ended but was not waited for: it has no
// descriptors any more, and its /proc/PID/fd is closed to all but root. The state
// is the first field after the name, which may hold anything.
func zombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, rest, _ := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" "))
	return err != nil || bytes.HasPrefix(rest, []byte("Z")) || bytes.HasPrefix(rest, []byte("X"))
}
