//go:build unix

package supervise

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// A rolling generation of which the first process is confirmed is not on record as one
// that could go on in place of all that serve.
func TestStandingOfRolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newBed(t, newFakeWorld()).run(func(t *testing.T, b *bed) {
			s := rolling("ready")
			s.Policy.Confirm = time.Minute
			b.want(b.hand(s), lifecycle.Promoted, 1)
			done := make(chan struct{})
			go func() { defer close(done); b.want(b.reload()[0], lifecycle.Promoted, 2) }()
			pause(t.Context(), time.Second)
			now, err := b.Standing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			phases := map[int]lifecycle.Phase{}
			for _, g := range now.Services[0].Generations {
				phases[g.Number] = g.Phase
			}
			if phases[1] != lifecycle.Serving || phases[2] != lifecycle.Replacing {
				t.Errorf("on record are %v", phases)
			}
			<-done
		})
	})
}
