package terminal

import "testing"

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		typed []string // as it arrives
		want  string
	}{
		{[]string{"rcl", "q?"}, "rclq?"},
		{[]string{"R"}, "R"},
		{[]string{"é日"}, "é日"},
		{[]string{"\xc3", "\xa9r"}, "ér"},
		{[]string{"\x1b[A\x1bOP\x1bOr"}, ""},
		{[]string{"\x1b[1;5Cr"}, "r"},
		{[]string{"\x1b[1", ";5", "Cr"}, "r"},
		{[]string{"\x1br"}, ""}, // Alt
		{[]string{"\x1b", "r"}, "r"},
		{[]string{"\r\n\t\x04\x7f"}, ""},
		{[]string{"\xff\xfer"}, "r"},
		{[]string{"\x1b[1111111111111111111111111111111111111111111", "r"}, "r"},
	} {
		var d decoder
		got := ""
		for _, p := range c.typed {
			for _, k := range d.decode([]byte(p)) {
				got += string(rune(k))
			}
		}
		if got != c.want {
			t.Errorf("%q gives %q, want %q", c.typed, got, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("rq\x1b[1;5C\x1bOP\xc3"), 2)
	f.Add([]byte("\x1b[\x1b]\x1b\x1b\xff"), 1)
	f.Fuzz(func(t *testing.T, typed []byte, step int) {
		step = max(1, step)
		var d decoder
		for p := typed; len(p) > 0; p = p[min(step, len(p)):] {
			for _, k := range d.decode(p[:min(step, len(p))]) {
				if shown(rune(k)) < 0 || k == '\t' {
					t.Fatalf("%q is a key", k)
				}
			}
			if len(d.rest) > longest {
				t.Fatalf("%d bytes are kept", len(d.rest))
			}
		}
	})
}
