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
	t.Setenv("FORCE_COLOR", "")
	t.Setenv("CLICOLOR_FORCE", "")
	for _, c := range []struct {
		noColor, clicolor, term string
		want                    bool
	}{
		{"", "", "xterm", true},
		{"1", "", "xterm", false},
		{"", "", "dumb", false},
		{"", "0", "xterm", false},
		{"", "1", "xterm", true},
	} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("CLICOLOR", c.clicolor)
		t.Setenv("TERM", c.term)
		if got := Colored(pty); got != c.want {
			t.Errorf("NO_COLOR=%s CLICOLOR=%s TERM=%s: %v, want %v", c.noColor, c.clicolor, c.term, got, c.want)
		}
	}
}
