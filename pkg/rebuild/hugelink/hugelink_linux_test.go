package hugelink

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
)

// What init asked for is in the list of the process's memory: a part of the heap with
// the flag hg, and large enough.
func TestHeapInHugePages(t *testing.T) {
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage"); err != nil {
		t.Skip("this kernel has no huge pages")
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer maps.Close()
	var from, to, asked uint64
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x ", &from, &to); n == 2 {
			continue
		}
		if flags, ok := strings.CutPrefix(lines.Text(), "VmFlags:"); ok && strings.Contains(flags+" ", " hg ") {
			asked += to - from
		}
	}
	if asked < size {
		t.Errorf("%d bytes are in huge pages, want %d or more", asked, size)
	}
}
