package telemetry

import (
	"os"
	"testing"
)

func TestColoredOnATerminal(t *testing.T) {
	pty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer pty.Close()
	for _, c := range []struct {
		noColor, term string
		want          bool
	}{
		{"", "xterm", true},
		{"1", "xterm", false},
		{"", "dumb", false},
	} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("TERM", c.term)
		if got := Colored(pty); got != c.want {
			t.Errorf("NO_COLOR=%s TERM=%s: %v, want %v", c.noColor, c.term, got, c.want)
		}
	}
}
