//go:build real

package real

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// On a systemd that restarts it and leaves its services alone, the same.
func TestSystemdKilledAgainAndAgain(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.dropIn("[Service]\nKillMode=process\nRestartSec=0\nWatchdogSec=0\n")
		i.systemctl("start")
		l := startLoad(t, i.addr)
		for n := range kills {
			i.must("systemctl", "kill", "--kill-who=main", "-s", "KILL", i.unit())
			i.await("NRestarts", fmt.Sprint(n+1))
			if n%2 == 0 {
				l.next(t)
				i.await("ActiveState", "active")
			}
		}
		i.await("ActiveState", "active")
		l.end(t)
		i.logged("taken over")
		i.has("NFileDescriptorStore", "1")
		// A service process is left from none of them.
		i.systemctl("stop")
		if out, code := i.try("pgrep", "-f", "/srv/web/web"); code == 0 {
			t.Errorf("left are %s", out)
		}
	})
}

// A service that has bound its address itself, and left it with the supervisor, keeps
// it as well.
func TestKilledWithALearntSocket(t *testing.T) {
	addr := free(t)
	k := &killable{running: newRunning(t), args: []string{"run", "--", program("service"), "-http", addr}}
	k.again()
	k.await("service #1 serving")
	l := startLoad(t, addr)
	k.rests()
	for range kills / 4 {
		k.recorded(`"stored"`)
		k.kill()
		k.again()
		k.await("draining")
		k.rests()
	}
	if s := k.status().Sockets; len(s) != 1 || !s[0].Learnt || s[0].Bound != addr {
		t.Errorf("the sockets are %+v", s)
	}
	l.end(t)
	k.leavesNothing()
}

// recorded waits until text is on record: what came a moment before the kill is not.
func (k *killable) recorded(text string) {
	k.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(time.Millisecond)
	defer again.Stop()
	for {
		if record, err := os.ReadFile(k.path("control.state")); err == nil && strings.Contains(string(record), text) {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			k.t.Fatalf("%s is not on record", text)
		}
	}
}
