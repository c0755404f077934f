//go:build !startagain

package proc

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// What is muted does not arrive, and the tree thinks that it does. All else arrives,
// and the tree's signals to itself do.
func TestMute(t *testing.T) {
	for _, spec := range []Spec{
		{Mute: []syscall.Signal{syscall.SIGTERM}},
		{Mute: []syscall.Signal{syscall.SIGUSR2, syscall.SIGTERM}, Trap: true},
	} {
		got := make(chan os.Signal, 10)
		signal.Notify(got, syscall.SIGTERM, syscall.SIGUSR1)
		var l Launcher
		p, out := start(t, &l, spec, "kill -TERM $PPID && (kill -TERM $PPID) && kill -USR1 $PPID && echo sent; kill -TERM $$; echo lives")
		if said := line(t, out); said != "sent" {
			t.Errorf("it says %q", said)
		}
		select {
		case s := <-got:
			if s != syscall.SIGUSR1 {
				t.Errorf("%v came", s)
			}
		case <-time.After(20 * time.Second):
			t.Error("USR1 did not come")
		}
		signal.Stop(got)
		if exit := p.Wait(); exit.Reason != "signal: terminated" {
			t.Errorf("it ended by %v", exit)
		}
		if file, _ := p.Trap(); file != nil {
			file.Close()
		}
	}
}
