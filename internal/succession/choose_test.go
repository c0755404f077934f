package succession

import (
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/supervise"
)

func TestWhoGoesOnServing(t *testing.T) {
	alive := func(number int, drains bool) survivors {
		return survivors{Generation: Generation{Number: number}, lives: make([]supervise.FormerProcess, 1), drains: drains}
	}
	dead := survivors{Generation: Generation{Number: 5}}
	for name, c := range map[string]struct {
		all    []survivors
		served int
		want   int
	}{
		"nothing":                            {nil, 0, 0},
		"the one on record":                  {[]survivors{alive(4, true), alive(5, false), alive(6, false)}, 5, 5},
		"one promoted too late for a record": {[]survivors{alive(5, true), alive(6, false)}, 5, 6},
		"the newest of those":                {[]survivors{alive(7, false), alive(6, false), dead}, 5, 7},
		"the first one":                      {[]survivors{alive(1, false)}, 0, 1},
		"all drain":                          {[]survivors{alive(4, true), alive(5, true)}, 5, 0},
		"it is gone, and an older one lives": {[]survivors{alive(4, false), dead}, 5, 0},
	} {
		if got := choose(c.all, c.served); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
