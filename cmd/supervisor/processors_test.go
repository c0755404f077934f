package main

import (
	"runtime"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/config"
)

// One processor is enough, until connections go through the supervisor or it builds.
func TestYield(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	t.Cleanup(runtime.SetDefaultGOMAXPROCS)
	runtime.SetDefaultGOMAXPROCS()
	const before = 7
	all := runtime.GOMAXPROCS(before)
	plain, relayed := config.Service{Name: "web"}, config.Service{Name: "api"}
	relayed.Handoff.By = config.HandoffRelay
	for _, c := range []struct {
		name     string
		mode     config.Mode
		services []config.Service
		want     int
	}{
		{"plain", config.Run, []config.Service{plain}, 1},
		{"one is relayed", config.Run, []config.Service{plain, relayed}, all},
		{"plain again", config.Run, []config.Service{plain}, 1},
		{"dev", config.Dev, []config.Service{plain}, all},
	} {
		runtime.GOMAXPROCS(before)
		d := &daemon{settings: &settings{mode: c.mode}}
		d.yield(&config.Config{Services: c.services})
		if now := runtime.GOMAXPROCS(0); now != c.want {
			t.Errorf("%s: %d processors, want %d", c.name, now, c.want)
		}
	}
}
