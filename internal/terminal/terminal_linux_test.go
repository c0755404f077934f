package terminal_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/terminal"
)

func TestAPhaseFromBeginningToEnd(t *testing.T) {
	w := openWindow(t, 60, 10)
	before := w.mode()
	k, _ := w.run()
	k.hear("ready")
	k.tell("building 7")
	w.wants("web #7 building TIME …")
	k.tell("print a line of the service's")
	w.wants("web #1 | a line of the service's", "web #7 building TIME …")
	k.tell("built 7")
	w.wants("web #1 | a line of the service's", "web #7 built in TIME")
	k.tell("draining 6")
	w.wants("web #1 | a line of the service's", "web #7 built in TIME", "web #6 draining TIME …")
	k.orders.Close()
	k.hear("closed")
	w.wants("web #1 | a line of the service's", "web #7 built in TIME")
	if now := w.mode(); now != before {
		t.Errorf("the mode is left as %+v, was %+v", now, before)
	}
}

func TestABuildThatFails(t *testing.T) {
	file := t.TempDir() + "/main.go"
	if err := os.WriteFile(file, []byte("package main\n\nfunc main() {\n\ty := x\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := openWindow(t, 200, 10)
	k, _ := w.run()
	k.hear("ready")
	k.tell("building 7")
	w.wants("web #7 building TIME …")
	k.tell("fail " + file)
	w.until("error", func(seen []string) bool {
		return len(seen) == 4 && seen[0] == file+":4:7: undefined: x" && seen[1] == "     4 |     y := x" && seen[2] == "       |          ^" &&
			strings.Contains(seen[3], "web #7 build failed after ") && strings.HasSuffix(seen[3], ": 1 error; generation 6 still serves")
	})
}

func TestNobodysOutputTearsTheScreen(t *testing.T) {
	w := openWindow(t, 40, 10)
	k, _ := w.run()
	k.hear("ready")
	k.tell("building 7")
	w.wants("web #7 building TIME …")
	k.tell("print up \x1b[5A\x1b[2J\x1b[31mand red")
	w.wants("web #1 | up and red", "web #7 building TIME …")
	w.resize(24, 10)
	w.wants("web #1 | up and red", "web #7 building TIME …")
	k.tell("print " + strings.Repeat("0123456789", 7))
	w.wants("web #1 | up and red", "web #1 | "+strings.Repeat("0123456789", 7), "web #7 building TIME …")
}

func TestKeys(t *testing.T) {
	w := openWindow(t, 60, 10)
	k, _ := w.run()
	k.hear("ready")
	w.types("r")
	k.hear("key r")
	w.types("?\x1b[Al")
	k.hear("key ?")
	k.hear("key l")
	w.types("\x03")
	k.hear("interrupted")
	k.tell("print old")
	k.tell("building 7")
	w.wants("web #1 | old", "web #7 building TIME …")
	w.types("c")
	w.wants("web #7 building TIME …") // no key was echoed, either
}

// Without a shell nobody could let it go on.
func TestSuspendingWithoutAShellDoesNothing(t *testing.T) {
	w := openWindow(t, 60, 10)
	k, _ := w.run()
	k.hear("ready")
	w.types("\x1ar")
	k.hear("key r")
}

func TestAStoppedOutput(t *testing.T) {
	w := openWindow(t, 60, 10)
	k, _ := w.run()
	k.hear("ready")
	w.types("\x13r") // Ctrl-S
	k.hear("key r")
	k.tell("building 7")
	for n := range 20 {
		k.tell(fmt.Sprint("print ", n))
	}
	if seen := w.seen(); len(seen) > 0 {
		t.Errorf("it shows %q", seen)
	}
	w.types("\x11") // Ctrl-Q
	want := []string{}
	for n := range 20 {
		want = append(want, fmt.Sprint("web #1 | ", n))
	}
	w.wants(append(want, "web #7 building TIME …")...)
	w.types("\x13")
	w.types("r")
	k.hear("key r")
	before := w.mode()
	k.tell("print not seen")
	k.orders.Close()
	k.hear("closed")
	if w.mode() == before {
		t.Error("the mode was not given back")
	}
}

func TestAClosedTerminal(t *testing.T) {
	w := openWindow(t, 60, 10)
	k, _ := w.run()
	k.hear("ready")
	k.tell("building 7")
	w.wants("web #7 building TIME …")
	w.slave.Close()
	w.close()
	k.hear("no more keys")
	for n := range 1000 {
		k.tell(fmt.Sprint("print ", n))
	}
	k.orders.Close()
	k.hear("closed")
}

func TestWhatIsNoTerminal(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	t.Setenv("TERM", "xterm")
	if _, err := terminal.Open(terminal.Options{Out: f}); !errors.Is(err, terminal.ErrNotTerminal) {
		t.Errorf("a file: %v", err)
	}
	w := openWindow(t, 60, 10)
	for _, term := range []string{"", "dumb"} {
		t.Setenv("TERM", term)
		if _, err := terminal.Open(terminal.Options{Out: w.slave}); !errors.Is(err, terminal.ErrNotTerminal) {
			t.Errorf("TERM=%s: %v", term, err)
		}
	}
}

// A terminal that does not control this process works, without job control.
func TestATerminalThatControlsNobody(t *testing.T) {
	w := openWindow(t, 60, 10)
	t.Setenv("TERM", "xterm")
	before := w.mode()
	s, err := terminal.Open(terminal.Options{Out: w.slave, In: w.slave})
	if err != nil {
		t.Fatal(err)
	}
	w.types("q")
	if k := <-s.Keys(); k != terminal.Quit {
		t.Errorf("key %q", k)
	}
	fmt.Fprintln(s, "here")
	w.wants("here")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, open := <-s.Keys(); open {
		t.Error("a key after Close")
	}
	if w.mode() != before {
		t.Error("the mode was not given back")
	}
	s, err = terminal.Open(terminal.Options{Out: w.slave})
	if err != nil {
		t.Fatal(err)
	}
	if s.Keys() != nil || w.mode() != before {
		t.Error("keys are taken that were not asked for")
	}
	s.Close()
	if slices.Contains(w.seen(), "q") {
		t.Error("a key was echoed")
	}
}
