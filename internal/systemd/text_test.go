package systemd

import (
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

func TestStatusText(t *testing.T) {
	deadline := time.Date(2026, 1, 2, 12, 3, 9, 0, time.Local)
	for _, c := range []struct {
		want     string
		services []control.Service
	}{
		{"no services", nil},
		{"web: nothing serves", []control.Service{{Name: "web"}}},
		{"web: #1 serves", []control.Service{{Name: "web", Generations: []control.Generation{{Number: 1, Phase: "serving", Status: "ready"}}}}},
		{"web: nothing serves, #1 is building", []control.Service{{Name: "web", Generations: []control.Generation{{Number: 1, Phase: "building"}}}}},
		{"web: #7 (0123abcd) serves (v1.4.2; 3 clients), #6 drains until 12:03:09; api: nothing serves, exited: exit status 1", []control.Service{
			{Name: "web", Generations: []control.Generation{
				{Number: 7, Phase: "serving", Artifact: "0123abcdef", Status: "v1.4.2\n3 clients"},
				{Number: 6, Phase: "draining", Deadline: &deadline, Status: "v1.4.1"},
			}},
			{Name: "api", Reason: "exited: exit status 1"},
		}},
	} {
		if got := StatusText(control.Status{Services: c.services}); got != c.want {
			t.Errorf("StatusText = %q, want %q", got, c.want)
		}
	}
}
