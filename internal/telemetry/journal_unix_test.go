//go:build unix

package telemetry

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

func TestToJournal(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	s := info.Sys().(*syscall.Stat_t)
	for stream, want := range map[string]bool{
		fmt.Sprintf("%d:%d", s.Dev, s.Ino):   true,
		fmt.Sprintf("%d:%d", s.Dev, s.Ino+1): false,
		"":                                   false,
	} {
		t.Setenv("JOURNAL_STREAM", stream)
		if got := ToJournal(f); got != want {
			t.Errorf("JOURNAL_STREAM=%s: %v", stream, got)
		}
	}
}

func TestJournalLines(t *testing.T) {
	var out bytes.Buffer
	l := New(Options{Mode: Journal, Color: true, Out: &out, Services: []string{"a-long-name"}})
	for _, r := range []Report{
		{Service: "web", Kind: Crashed, Generation: 7, Err: errors.New("exit status 2")},
		{Kind: Notice, Text: "careful"},
		{Service: "web", Kind: Serving, Generation: 8},
		{Service: "web", Kind: Building, Generation: 9},
	} {
		l.Report(r)
	}
	w := l.Writer("web", 8)
	fmt.Fprint(w, "a line\n<3>a bad one\n<9>a strange one\n<")
	w.Close()
	l.Report(Report{Kind: Config})
	want := "<3>web #7 crashed: exit status 2\n<4>careful\n<5>web #8 serving\n<6>web #9 building\n" +
		"<6>web #8 | a line\n<3>web #8 | a bad one\n<6>web #8 | <9>a strange one\n<6>web #8 | <\n<5>config loaded\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
