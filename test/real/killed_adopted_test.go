//go:build real

package real

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// What a service has bound for itself is fetched from it when its supervisor was killed,
// at whatever moment, and handed off as ever.
func TestKilledWithAdoptedSockets(t *testing.T) {
	for name, command := range map[string][]string{
		"go net/http":        {program("plain"), "127.0.0.1:PORT"},
		"python http.server": {"python3", "-m", "http.server", "--bind", "127.0.0.1", "PORT"},
	} {
		t.Run(name, func(t *testing.T) {
			addr := free(t)
			_, port, _ := net.SplitHostPort(addr)
			args := []string{"run", "--"}
			for _, word := range command {
				args = append(args, strings.ReplaceAll(word, "PORT", port))
			}
			k := &killable{running: newRunning(t), args: args}
			k.again()
			k.await("#1 serving")
			awaitListener(t, addr) // what binds without a supervisor cannot
			end := k.loaded(load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 200})
			first := k.rests()
			moments := []string{"taken over", "starting", "serving", "draining"}
			for n := range kills {
				k.kill()
				k.again()
				switch {
				case n%5 == 4: // a handoff comes to its end in between
					k.await("drained in")
					k.rests()
				case n%5 > 0: // else at once, before it has done anything
					k.await(moments[n%len(moments)])
				}
			}
			last := k.rests()
			got := end()
			t.Logf("%d kills: %v; at first %+v, at last %+v", kills, got, first, last)
			if got.Requests == 0 || got.Failed() != 0 {
				t.Errorf("want no loss: %v", got)
			}
			if last.fds > first.fds+someFDs {
				t.Errorf("descriptors grew from %d to %d", first.fds, last.fds)
			}
			if n := k.status().Generations[0].Number; n < 2 {
				t.Errorf("generation %d serves", n)
			}
			k.leavesNothing()
		})
	}
}

// loaded runs a load until the returned function is called.
func (r *running) loaded(c load.Config) (end func() load.Report) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	report := make(chan load.Report, 1)
	go func() {
		got, err := load.Run(ctx, c)
		if err != nil {
			r.t.Error(err)
		}
		report <- got
	}()
	r.t.Cleanup(cancel)
	return func() load.Report { cancel(); return <-report }
}
