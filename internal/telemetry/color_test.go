package telemetry

import (
	"bytes"
	"os"
	"testing"
)

func TestColoredNeedsATerminal(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm")
	f, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if Colored(f) || Colored(&bytes.Buffer{}) {
		t.Error("a file or a buffer gets colours")
	}
}
