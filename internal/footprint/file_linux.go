package footprint

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// shedFile drops the pages of mapped files that cannot have changed.
func shedFile() {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer f.Close()
	for _, m := range unchanged(f) {
		// An error means that the pages stay.
		unix.Syscall(unix.SYS_MADVISE, uintptr(m.from), uintptr(m.to-m.from), unix.MADV_DONTNEED)
	}
}

type mapping struct{ from, to uint64 }

// unchanged finds in smaps (proc_pid_smaps(5)) the mappings of files that are not
// writable and hold no page of their own: relocations make such pages, and dropping
// them would undo these.
func unchanged(smaps io.Reader) (all []mapping) {
	var m mapping
	candidate := false
	lines := bufio.NewScanner(smaps)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) >= 5 && !strings.HasSuffix(words[0], ":"):
			m, candidate = parseMapping(words)
		case len(words) == 3 && words[0] == "Anonymous:" && words[1] == "0" && candidate:
			all = append(all, m)
		}
	}
	return all
}

// parseMapping reads the first line of a mapping: range, permissions, offset, device,
// inode and path.
func parseMapping(words []string) (m mapping, candidate bool) {
	from, to, _ := strings.Cut(words[0], "-")
	var err1, err2 error
	m.from, err1 = strconv.ParseUint(from, 16, 64)
	m.to, err2 = strconv.ParseUint(to, 16, 64)
	readOnly := words[1] == "r--p" || words[1] == "r-xp"
	return m, err1 == nil && err2 == nil && m.from < m.to && readOnly && len(words) >= 6 && strings.HasPrefix(words[5], "/")
}
