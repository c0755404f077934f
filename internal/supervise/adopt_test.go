//go:build unix

package supervise

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// Where nothing can be adopted, a service that binds for itself is stopped before
// its next version starts, and that is said once.
func TestCannotAdopt(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		alone := spec("ready")
		alone.Overlap = false
		b.want(b.hand(alone), lifecycle.Promoted, 1)
		b.ask(t.Context(), func() { b.services["web"].table.Refuse(errors.New("the kernel is too old")) })
		b.want(b.reload()[0], lifecycle.Promoted, 2)
		b.want(b.reload()[0], lifecycle.Promoted, 3)
		b.serving(3)
		if got := b.history(Draining, Drained, Serving); got != "serving 1, draining 1, drained 1, serving 2, draining 2, drained 2, serving 3" {
			t.Error(got)
		}
		if got := b.history(Notice); got != "notice 0" {
			t.Errorf("reported: %q", got)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, r := range b.log {
			if r.Kind == Notice && !strings.Contains(r.Text, "is stopped before its next version starts") {
				t.Errorf("it says %q", r.Text)
			}
		}
	})
}

// What the service hands over by itself, or must not, is not trapped.
func TestWhatIsAdopted(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Service)
		want   bool
	}{
		"nothing said":       {func(*Service) {}, true},
		"ready by notify":    {func(s *Service) { s.Ready.By = "notify" }, true},
		"ready by http":      {func(s *Service) { s.Ready.By = "http" }, false},
		"ready by tcp":       {func(s *Service) { s.Ready.By = "tcp" }, false},
		"sockets":            {func(s *Service) { s.Sockets = on("a").Sockets }, false},
		"never overlaps":     {func(s *Service) { s.Restart = true }, false},
		"overlaps by itself": {func(s *Service) { s.Overlap = true }, false},
	} {
		s := Service{}
		if c.change(&s); s.adopts() != c.want {
			t.Errorf("%s: adopts is %v", name, s.adopts())
		}
	}
}

// New connections go to a version while it is tried, and back to the old one if that
// fails.
func TestAimsBack(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		aimed := func() (at int) {
			b.ask(t.Context(), func() { at = b.services["web"].aimed.at })
			return at
		}
		b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
		doomed := spec("ready")
		doomed.Policy.Confirm = time.Minute
		b.settle(doomed)
		verdict := make(chan lifecycle.Verdict, 1)
		go func() { verdict <- b.reload()[0] }()
		b.until("it is tried", func() bool { return aimed() == 2 })
		b.child().Kill()
		b.want(<-verdict, lifecycle.RolledBack, 1)
		if at := aimed(); at != 1 {
			t.Errorf("new connections go to generation %d", at)
		}
	})
}
