package handoff

import (
	"bufio"
	"bytes"
	"testing"
)

// fuzzLine: whatever a process writes, each message is ready, bad, or neither, and
// the end comes.
func fuzzLine(f *testing.F, s speech, seeds ...string) {
	for _, text := range seeds {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bufio.NewReader(bytes.NewReader(b))
		for n := 0; ; n++ {
			m, err := s(r)
			if err != nil {
				return
			}
			if n > len(b) {
				t.Fatal("more messages than bytes")
			}
			if m.Err != nil && m.Notice != (Notice{}) || m.FDs != nil || m.PID != 0 {
				t.Errorf("%+v", m)
			}
		}
	})
}

func FuzzTableflip(f *testing.F) { fuzzLine(f, readTableflip, "*", "x*", "") }
func FuzzS6(f *testing.F)        { fuzzLine(f, readS6, "\n", "x\n\n", "x") }
func FuzzNode(f *testing.F)      { fuzzLine(f, readNode, "\"ready\"\n", "{}\n\"ready\"\n", "\"re") }
func FuzzEinhorn(f *testing.F) {
	fuzzLine(f, readEinhorn, "{\"command\":\"worker:ack\",\"pid\":1}\n", "---%0Acommand: worker:ack%0A\n", "%\n", "{\n")
}

func FuzzPlaceholders(f *testing.F) {
	f.Add(`--fd {{fd "http"}} {{.ID}} {{fd "`)
	f.Fuzz(func(t *testing.T, text string) {
		filled := Grant{FDs: []int{9}}.Fill(text, []Named{{Name: "http", FD: 9}})
		for _, name := range Placeholders(filled) {
			if name == "http" && !bytes.Contains([]byte(text), []byte("{{{")) {
				t.Errorf("%q becomes %q", text, filled)
			}
		}
	})
}
