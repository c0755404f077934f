package doctor

import (
	"os"
	"slices"
	"testing"
)

func TestParseSystemd(t *testing.T) {
	for text, want := range map[string]int{
		"systemd 252 (252.38-1~deb12u1)\n+PAM": 252,
		"systemd 256.7 (256.7-1)":              256,
		"systemd 257~rc1":                      257,
		"":                                     0,
		"upstart 1":                            0,
		"systemd x":                            0,
	} {
		if got := parseSystemd(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func FuzzParseSystemd(f *testing.F) {
	f.Add("systemd 252 (x)")
	f.Add("systemd ~")
	f.Fuzz(func(t *testing.T, text string) { parseSystemd(text) })
}

// What is not available was probed, and said why.
func TestEveryFeatureIsProbed(t *testing.T) {
	for _, f := range Features(t.Context()) {
		if !f.Available && f.Detail == "" {
			t.Errorf("got %+v", f)
		}
	}
}

// A probe leaves no descriptor behind.
func TestProbesLeaveNothing(t *testing.T) {
	Features(t.Context()) // what the runtime opens for itself is open now
	before := openFiles(t)
	Features(t.Context())
	if after := openFiles(t); !slices.Equal(before, after) {
		t.Errorf("open were %v, now %v", before, after)
	}
}

func openFiles(t *testing.T) (all []string) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		link, err := os.Readlink("/proc/self/fd/" + fd.Name())
		if err == nil { // not the one of this reading
			all = append(all, link)
		}
	}
	slices.Sort(all)
	return all
}
