package rebuild

import (
	"math"
	"testing"
)

func TestFreeMemory(t *testing.T) {
	if free := freeMemory(); free == 0 || free == math.MaxUint64 {
		t.Errorf("free %d", free)
	}
	if got := parseMemInfo([]byte("MemTotal:  100 kB\nMemAvailable:    42 kB\n")); got != 42<<10 {
		t.Errorf("available %d", got)
	}
	if got := parseMemInfo([]byte("MemTotal:  100 kB\n")); got != 0 {
		t.Errorf("available %d", got)
	}
}

func TestCgroupFree(t *testing.T) {
	root := newTree(t, map[string]string{
		"a/memory.max": "1000\n", "a/memory.current": "400\n",
		"a/b/memory.max": "max\n", "a/b/memory.current": "300\n",
		"full/memory.max": "10\n", "full/memory.current": "20\n",
		"memory/old/memory.limit_in_bytes": "50\n", "memory/old/memory.usage_in_bytes": "20\n",
	})
	for cgroup, want := range map[string]uint64{
		"0::/a/b\n":                    600,
		"0::/full\n":                   0,
		"0::/\n":                       math.MaxUint64,
		"":                             math.MaxUint64,
		"4:memory:/old\n3:cpu:/full\n": 30,
	} {
		if got := cgroupFree(root, []byte(cgroup)); got != want {
			t.Errorf("%q: %d, want %d", cgroup, got, want)
		}
	}
}
