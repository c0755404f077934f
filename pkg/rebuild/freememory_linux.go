package rebuild

import (
	"bufio"
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// freeMemory is what the machine has available (proc_meminfo(5)) or what the
// control groups of this process leave (cgroups(7)), whichever is less, in bytes;
// 0 if it cannot be told.
func freeMemory() uint64 {
	meminfo, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	cgroup, _ := os.ReadFile("/proc/self/cgroup")
	return min(parseMemInfo(meminfo), cgroupFree("/sys/fs/cgroup", cgroup))
}

func parseMemInfo(meminfo []byte) uint64 {
	for line := range bytes.Lines(meminfo) {
		if fields := strings.Fields(string(line)); len(fields) == 3 && fields[0] == "MemAvailable:" {
			kib, err := strconv.ParseUint(fields[1], 10, 53)
			if err == nil {
				return kib << 10
			}
		}
	}
	return 0
}

// cgroupFree is what is left below the limits of the groups named in the content
// of /proc/self/cgroup, and of those that they are in.
func cgroupFree(root string, cgroup []byte) uint64 {
	free := uint64(math.MaxUint64)
	for line := range bytes.Lines(cgroup) {
		_, rest, _ := strings.Cut(strings.TrimSpace(string(line)), ":")
		controllers, path, _ := strings.Cut(rest, ":")
		base, limit, usage := root, "memory.max", "memory.current"
		if controllers == "memory" { // version 1
			base, limit, usage = filepath.Join(root, "memory"), "memory.limit_in_bytes", "memory.usage_in_bytes"
		} else if controllers != "" {
			continue
		}
		for dir := filepath.Clean("/" + path); ; dir = filepath.Dir(dir) {
			free = min(free, groupFree(filepath.Join(base, dir), limit, usage))
			if dir == "/" {
				break
			}
		}
	}
	return free
}

// groupFree does not know that part of what is in use is cache that the kernel
// would give back: it errs to the safe side.
func groupFree(dir, limit, usage string) uint64 {
	most, ok := readBytes(filepath.Join(dir, limit))
	if !ok {
		return math.MaxUint64
	}
	used, _ := readBytes(filepath.Join(dir, usage))
	return most - min(used, most)
}

// readBytes reads a number; "max" is none.
func readBytes(name string) (uint64, bool) {
	f, err := os.Open(name)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	line, _ := bufio.NewReader(f).ReadString('\n')
	n, err := strconv.ParseUint(strings.TrimSpace(line), 10, 64)
	return n, err == nil
}
