package telemetry

import (
	"bytes"
	"os"
	"testing"
)

func TestColoredNeedsATerminal(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	t.Setenv("FORCE_COLOR", "")
	t.Setenv("CLICOLOR_FORCE", "0")
	t.Setenv("TERM", "xterm")
	f, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if Colored(f) || Colored(&bytes.Buffer{}) {
		t.Error("a file or a buffer gets colours")
	}
	for _, variable := range []string{"FORCE_COLOR", "CLICOLOR_FORCE"} {
		t.Setenv(variable, "1")
		if !Colored(f) {
			t.Errorf("%s=1 gives none", variable)
		}
		t.Setenv("NO_COLOR", "1")
		if Colored(f) {
			t.Errorf("%s=1 gives colours that NO_COLOR forbids", variable)
		}
		t.Setenv("NO_COLOR", "")
		t.Setenv(variable, "0")
	}
}
