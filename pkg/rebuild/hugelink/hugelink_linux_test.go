package hugelink

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
)

// What init asked for is in the list of the process's memory: a part of the heap with
// the flag hg, and large enough. A kernel without huge pages is asked in vain.
func TestHeapInHugePages(t *testing.T) {
	want := uint64(size)
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage"); err != nil {
		want = 0
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
	if asked < want || want == 0 && asked > 0 {
		t.Errorf("%d bytes are in huge pages, want %d or more", asked, want)
	}
}
