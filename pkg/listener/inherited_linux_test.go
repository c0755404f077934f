package listener

import (
	"os"
	"path/filepath"
	"testing"
)

// Somebody else listens at the path by now: his socket stays, and ours is not
// taken for it.
func TestOurOwnPathIsTaken(t *testing.T) {
	path := filepath.Join(shortDir(t), "web")
	addr := mustParse(t, "web=unix://"+path)
	i := given(t, addr.Key(), addr.String(), true)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	other := mustOpen(t, addr.String())
	if s, err := heir(t, i).Open(t.Context(), addr); err == nil {
		t.Errorf("descriptor %d listens at %s", s.FD(), s.Bound())
	}
	skipProbe(t, other)
	wantAccept(t, other)
	closeSocket(t, other)
}
