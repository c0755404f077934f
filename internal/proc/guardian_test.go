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
	// What starts from now on says so to nobody, and to nothing else that is open.
	late, said := start(t, &l, Spec{}, `echo here`)
	if got := line(t, said); got != "here" {
		t.Errorf("got %q", got)
	}
	late.Wait()
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

// A guardian that is gone is no reason not to start anything.
func TestGuardianGone(t *testing.T) {
	g, err := NewGuardian()
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	g.cmd.Process.Kill()
	<-g.ended // it is reaped before Close
	p, out := start(t, &Launcher{Guard: g}, Spec{}, `echo here`)
	if got := line(t, out); got != "here" {
		t.Errorf("got %q", got)
	}
	if e := p.Wait(); e.Code != 0 {
		t.Errorf("exit %+v", e)
	}
}
