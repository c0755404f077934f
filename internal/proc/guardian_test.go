//go:build unix

package proc

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
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

// A program that is not there is named, whether it was looked for in PATH or at its place.
func TestGuardianStartsNothing(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for name, want := range map[string]error{
		"there-is-no-such-program":               exec.ErrNotFound,
		filepath.Join(t.TempDir(), "no-program"): fs.ErrNotExist,
	} {
		cmd := exec.Command(name)
		cmd.Stdout, cmd.Stderr = null, null
		var nobody *Guardian
		leader, _, err := nobody.Start(cmd)
		var where *fs.PathError
		var what *exec.Error
		switch {
		case leader != nil || !errors.Is(err, want):
			t.Errorf("%s: %v, %v", name, leader, err)
		case errors.As(err, &where) && where.Path != name, errors.As(err, &what) && what.Name != name:
			t.Errorf("it does not name %s: %v", name, err)
		}
	}
}
