//go:build unix

package supervise

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

func on(places ...string) Service {
	s := spec("ready")
	for _, p := range places {
		s.Sockets = append(s.Sockets, listener.Address{Name: p, Network: "tcp", Addr: p})
	}
	return s
}

// withSockets runs a test over fakes that tell which sockets are open.
func withSockets(t *testing.T, test func(*testing.T, *bed, func(...string))) {
	synctest.Test(t, func(t *testing.T) {
		w := newFakeWorld()
		b := newBed(t, w)
		b.run(func(t *testing.T, b *bed) {
			test(t, b, func(want ...string) {
				t.Helper()
				synctest.Wait()
				if got := w.held(); !slices.Equal(got, want) {
					t.Errorf("held %v, want %v\n%+v", got, want, b.log)
				}
			})
		})
		if left := w.held(); len(left) > 0 {
			t.Errorf("still open after the end: %v", left)
		}
	})
}

// A new address opens before the handoff; the old one closes after the drain.
func TestAddressChanges(t *testing.T) {
	withSockets(t, func(t *testing.T, b *bed, held func(...string)) {
		first := on("a")
		first.Args = []string{"deaf"} // drains for as long as it may
		b.want(b.hand(first), lifecycle.Promoted, 1)
		held("a")
		b.settle(on("b"))
		held("a", "b")
		b.want(b.reload()[0], lifecycle.Promoted, 2)
		held("a", "b")
		b.serving(2)
		held("b")
	})
}

func TestAddressInUseChangesNothing(t *testing.T) {
	withSockets(t, func(t *testing.T, b *bed, held func(...string)) {
		b.want(b.hand(on("a")), lifecycle.Promoted, 1)
		_, err := b.Apply(t.Context(), []Service{on("b", "taken")})
		if inUse := new(listener.InUseError); !errors.As(err, &inUse) {
			t.Errorf("got %v", err)
		}
		held("a")
		b.want(b.reload()[0], lifecycle.Promoted, 2)
		held("a")
	})
}

// A generation that fails takes nothing from the one that serves, and the sockets
// of the settings stay for the next attempt.
func TestFailureKeepsSockets(t *testing.T) {
	withSockets(t, func(t *testing.T, b *bed, held func(...string)) {
		b.want(b.hand(on("a")), lifecycle.Promoted, 1)
		bad := on("b")
		bad.Args = []string{"exit"}
		b.want(b.hand(bad), lifecycle.Died, 1)
		held("a", "b")
		b.settle(on("a"))
		held("a")
	})
}

// Going back to an address whose socket is only held by a drain must not lose it
// in between.
func TestAddressComesBack(t *testing.T) {
	withSockets(t, func(t *testing.T, b *bed, held func(...string)) {
		first := on("a")
		first.Args = []string{"deaf"}
		b.want(b.hand(first), lifecycle.Promoted, 1)
		b.want(b.hand(on("b")), lifecycle.Promoted, 2)
		b.want(b.hand(on("a")), lifecycle.Promoted, 3)
		b.serving(3)
		held("a")
	})
}

func TestServicesAreIndependent(t *testing.T) {
	withSockets(t, func(t *testing.T, b *bed, held func(...string)) {
		web, api := on("a"), on("b")
		api.Name = "api"
		b.settle(web, api)
		verdicts, err := b.Reload(t.Context(), []string{"web", "api"})
		if err != nil || verdicts[0].Outcome != lifecycle.Promoted || verdicts[1].Outcome != lifecycle.Promoted {
			t.Fatal(verdicts, err)
		}
		b.want(b.reload()[0], lifecycle.Promoted, 2)
		all, _ := b.Snapshot(t.Context())
		if all[1].Name != "api" || all[1].Generations[0].Number != 1 {
			t.Errorf("the other service: %+v", all[1])
		}
		held("a", "b")
	})
}

// The drain that holds the last reference to a socket ends while new settings,
// which want it again, wait for another address.
func TestAddressIsWantedAgainMeanwhile(t *testing.T) {
	withSockets(t, func(t *testing.T, b *bed, held func(...string)) {
		first := on("a")
		first.Args = []string{"deaf"}
		b.want(b.hand(first), lifecycle.Promoted, 1)
		b.want(b.hand(on("b")), lifecycle.Promoted, 2)
		b.settle(on("a", "slow"))
		b.want(b.reload()[0], lifecycle.Promoted, 3)
		b.serving(3)
		held("a", "slow")
	})
}

// The mode of a path that is held follows the config; one that cannot be given
// changes nothing.
func TestModeChanges(t *testing.T) {
	withSockets(t, func(t *testing.T, b *bed, held func(...string)) {
		b.want(b.hand(on("a")), lifecycle.Promoted, 1)
		next := on("a")
		next.Sockets[0].Mode = 0o600
		b.settle(next)
		if k := b.socket("a"); k.Address().Mode != 0o600 {
			t.Errorf("the socket is %v", k.Address())
		}
		bad := on("a", "b")
		bad.Sockets[0].Owner = "nobody there"
		if _, err := b.Apply(t.Context(), []Service{bad}); err == nil {
			t.Error("an owner that is not there was taken")
		}
		held("a")
		b.want(b.reload()[0], lifecycle.Promoted, 2)
	})
}

func (b *bed) socket(at string) (k Socket) {
	b.ask(b.Context(), func() { k = b.sockets["tcp "+at] })
	return k
}
