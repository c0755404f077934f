package footprint

import (
	"bufio"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// resident is how much of files is in memory, in KiB.
func resident(t *testing.T) int {
	t.Helper()
	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "RssFile:"); ok {
			n, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("no RssFile")
	return 0
}

func TestShed(t *testing.T) {
	before := resident(t)
	Shed()
	if after := resident(t); after >= before {
		t.Errorf("%d KiB of files are in memory, %d were", after, before)
	}
}

const someMaps = `00400000-00d43000 r-xp 00000000 fe:00 10117850                           /opt/a program
Rss:                6924 kB
Anonymous:             0 kB
00d43000-015f0000 r--p 00943000 fe:00 10117850                           /opt/relocated
Anonymous:             4 kB
015f0000-01600000 rw-p 00943000 fe:00 10117850                           /opt/data
Anonymous:             0 kB
01600000-01700000 r--p 00000000 00:00 0 
Anonymous:             0 kB
01700000-01800000 r--p 00000000 00:00 0                                  [vvar]
Anonymous:             0 kB
01800000-01900000 r--s 00000000 fe:00 7                                  /opt/shared
Anonymous:             0 kB
`

func TestUnchanged(t *testing.T) {
	if got, want := unchanged(strings.NewReader(someMaps)), []mapping{{0x400000, 0xd43000}}; !slices.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func FuzzUnchanged(f *testing.F) {
	f.Add(someMaps)
	f.Fuzz(func(t *testing.T, smaps string) {
		for _, m := range unchanged(strings.NewReader(smaps)) {
			if m.from >= m.to {
				t.Errorf("a mapping from %x to %x", m.from, m.to)
			}
		}
	})
}
