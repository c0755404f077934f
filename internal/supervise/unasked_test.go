//go:build unix

package supervise

import (
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// What cannot be asked to drain is asked again, and not left alone until it is killed.
func TestAsksAgain(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		b.want(b.hand(spec("unasked")), lifecycle.Promoted, 1)
		old := b.child().(*fakeChild)
		b.want(b.hand(spec("ready")), lifecycle.Promoted, 2)
		b.serving(2)
		if got := old.signals.Load(); got != unasked+1 {
			t.Errorf("%d signals were sent, want %d", got, unasked+1)
		}
		if got := b.history(Killed, Notice); got != "notice 1" {
			t.Errorf("reported was %q, want one notice", got)
		}
	})
}
