//go:build unix

package proc

import (
	"bufio"
	"syscall"
	"testing"
)

// A guardian that is dismissed leaves alone what it guarded.
func TestGuardianDismissed(t *testing.T) {
	g, err := NewGuardian()
	if err != nil {
		t.Fatal(err)
	}
	l := Launcher{Guard: g}
	p, out := start(t, &l, Spec{}, `trap 'echo alive' TERM; echo here; sleep 1000 & wait; wait`)
	r := bufio.NewReader(out)
	line(t, r)
	g.Dismiss()
	g.Close()
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("cannot ask the process: %v", err)
	}
	if got := line(t, r); got != "alive" {
		t.Errorf("the process says %q", got)
	}
	p.Kill()
	p.Wait()
}
