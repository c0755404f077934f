package rebuild

import (
	"slices"
	"testing"
)

func TestToolMemory(t *testing.T) {
	const gib = 1 << 30
	for _, c := range []struct {
		memory toolMemory
		atOnce int
		env    []string
		want   []string
	}{
		{0, 1, nil, nil},
		{gib, 1, nil, []string{"GOGC=off", "GOMEMLIMIT=1073741824"}},
		{gib, 0, nil, []string{"GOGC=off", "GOMEMLIMIT=1073741824"}},
		{gib, 2, nil, []string{"GOGC=off", "GOMEMLIMIT=536870912"}},
		{gib, 3, nil, nil},
		{gib, 1, []string{"GOGC=50"}, nil},
		{gib, 1, []string{"GOMEMLIMIT=1GiB"}, nil},
	} {
		if got := c.memory.variables(c.env, c.atOnce); !slices.Equal(got, c.want) {
			t.Errorf("%d for %d with %q: %q, want %q", c.memory, c.atOnce, c.env, got, c.want)
		}
	}
}
