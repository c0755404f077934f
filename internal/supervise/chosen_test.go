//go:build unix

package supervise

import (
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// How a service is handed off is said once, when it serves for the first time, and
// status shows it.
func TestChosen(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Service)
		by     string
		kind   Kind // "": nothing is said
		text   string
	}{
		"sockets":            {func(s *Service) { s.Sockets = on("a").Sockets }, "systemd", Info, "inherited sockets (systemd)"},
		"nothing bound":      {func(s *Service) { s.Overlap = false }, "restart", Info, "it has bound no address"},
		"a probe":            {func(s *Service) { s.Overlap, s.Ready.By = false, "http" }, "restart", Notice, "clients are refused in between"},
		"restart":            {func(s *Service) { s.Overlap, s.Restart = false, true }, "restart", "", ""},
		"overlaps by itself": {func(*Service) {}, "systemd", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			withFakes(t, func(t *testing.T, b *bed) {
				s := spec("ready")
				c.change(&s)
				b.want(b.hand(s), lifecycle.Promoted, 1)
				b.want(b.reload()[0], lifecycle.Promoted, 2)
				all, err := b.Snapshot(t.Context())
				if err != nil || len(all) != 1 || all[0].By != c.by {
					t.Errorf("by %+v, %v", all, err)
				}
				b.mu.Lock()
				defer b.mu.Unlock()
				said := 0
				for _, r := range b.log {
					if !strings.Contains(r.Text, "handoff by") {
						continue
					}
					said++
					if r.Kind != c.kind || r.Generation != 1 || !strings.Contains(r.Text, c.text) {
						t.Errorf("said: %+v", r)
					}
				}
				if want := map[bool]int{true: 1}[c.kind != ""]; said != want {
					t.Errorf("said %d times", said)
				}
			})
		})
	}
}
