package handoff

import (
	"slices"
	"strings"
	"testing"
)

func TestFillPorts(t *testing.T) {
	number := func(name string) int { return map[string]int{"": 4000, "http": 4000, "admin": 4001}[name] }
	for text, want := range map[string]string{
		"--port={{port}}":           "--port=4000",
		`{{ port "admin" }}`:        "4001",
		`{{port}}{{port "http"}}`:   "40004000",
		`{{port "other"}} {{port`:   `{{port "other"}} {{port`,
		`{{ports}} {{.Port}} $PORT`: `{{ports}} {{.Port}} $PORT`,
		`{{fd "http"}}`:             `{{fd "http"}}`,
	} {
		if got := FillPorts(text, number); got != want {
			t.Errorf("%s: got %s", text, got)
		}
	}
	if got := PortPlaceholders(`{{port}} {{port "a"}}`); !slices.Equal(got, []string{"", "a"}) {
		t.Errorf("got %q", got)
	}
}

func TestPortVariable(t *testing.T) {
	for name, want := range map[string]string{"admin": "PORT_ADMIN", "a-b.c_9": "PORT_A_B_C_9", "é": "PORT__"} {
		if got := PortVariable(name, false); got != want {
			t.Errorf("%s: got %s", name, got)
		}
		if got := PortVariable(name, true); got != "PORT" {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func FuzzFillPorts(f *testing.F) {
	f.Add(`{{port}} {{port "admin"}}`, 1)
	f.Add(`{{{{port}}}}`, 0)
	f.Fuzz(func(t *testing.T, text string, n int) {
		got := FillPorts(text, func(string) int { return n })
		if n == 0 && got != text {
			t.Errorf("got %q", got)
		}
		if n != 0 && len(PortPlaceholders(text)) > 0 && !strings.ContainsAny(got, "0123456789") {
			t.Errorf("got %q", got)
		}
	})
}
