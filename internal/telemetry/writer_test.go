package telemetry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

func TestWriterPrefixesWholeLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // in here the clock stands still
		prefix := time.Now().Format(time.TimeOnly) + " web #7 | "
		var out bytes.Buffer
		w := New(Options{Out: &out}).Writer("web", 7)
		for _, s := range []string{"one\ntw", "o\r\n", "", "\nlast"} {
			fmt.Fprint(w, s)
		}
		want := prefix + "one\n" + prefix + "two\n" + prefix + "\n"
		if got := out.String(); got != want {
			t.Errorf("before Close got\n%swant\n%s", got, want)
		}
		w.Close()
		w.Close()
		if got := out.String(); got != want+prefix+"last\n" {
			t.Errorf("after Close got\n%s", got)
		}
		if _, err := w.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
			t.Errorf("Write after Close: %v", err)
		}
	})
}

func TestWriterBoundsLongLines(t *testing.T) {
	for _, step := range []int{1, 7, 4096, 1 << 20} {
		var out bytes.Buffer
		l := New(Options{Mode: JSON, Out: &out})
		w := l.Writer("web", 7)
		line := []byte("x" + strings.Repeat("é", maxLine) + "\nnext\n")
		for p := line; len(p) > 0; p = p[min(step, len(p)):] {
			w.Write(p[:min(step, len(p))])
		}
		got := messages(t, out.Bytes())
		if len(got) != 4 {
			t.Fatalf("in steps of %d: %d lines", step, len(got))
		}
		for _, m := range got {
			if len(m) > maxLine || !utf8.ValidString(m) || strings.ContainsRune(m, utf8.RuneError) {
				t.Errorf("in steps of %d: a line of %d bytes, or a torn character", step, len(m))
			}
		}
		if strings.Join(got[:3], "")+"\n"+got[3]+"\n" != string(line) {
			t.Errorf("in steps of %d: something was lost", step)
		}
	}
}

func TestWriterKeepsWhatIsNotUTF8(t *testing.T) {
	if n := wholeRunes(bytes.Repeat([]byte{0x80}, 100)); n != 100 {
		t.Errorf("wholeRunes of garbage is %d, want all 100", n)
	}
	if n := wholeRunes([]byte("ab\xf0\x9f\x98")); n != 2 {
		t.Errorf("wholeRunes of a cut character is %d, want 2", n)
	}
}

func TestConcurrentLinesStayWhole(t *testing.T) {
	var out bytes.Buffer // guarded by the logger alone: the race detector watches
	l := New(Options{Mode: JSON, Out: &out})
	const writers, lines = 8, 200
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			w := l.Writer("web", i+1)
			defer w.Close()
			for j := range lines {
				fmt.Fprintf(w, "%d-", i)
				fmt.Fprintf(w, "%d\n", j)
				l.Report(Report{Service: "web", Kind: Ready, Generation: i + 1, Text: "r"})
			}
		})
	}
	wg.Wait()
	next := make([]int, writers)
	for _, m := range messages(t, out.Bytes()) {
		var i, j int
		if n, _ := fmt.Sscanf(m, "%d-%d", &i, &j); n != 2 {
			continue
		}
		if next[i] != j {
			t.Fatalf("writer %d: line %d after %d", i, j, next[i]-1)
		}
		next[i]++
	}
	for i, n := range next {
		if n != lines {
			t.Errorf("writer %d: %d lines, want %d", i, n, lines)
		}
	}
}

func messages(t *testing.T, out []byte) []string {
	t.Helper()
	var all []string
	for line := range bytes.Lines(out) {
		var m struct{ Message string }
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		all = append(all, m.Message)
	}
	return all
}

func FuzzWriter(f *testing.F) {
	f.Add([]byte("a\nb"), 1)
	f.Add([]byte("é\r\n\n\xff\xfe"), 2)
	f.Add(bytes.Repeat([]byte("é"), maxLine), 1000)
	f.Fuzz(func(t *testing.T, text []byte, step int) {
		step = max(1, step)
		var out bytes.Buffer
		w := New(Options{Out: &out}).Writer("web", 7)
		for p := text; len(p) > 0; p = p[min(step, len(p)):] {
			if n, err := w.Write(p[:min(step, len(p))]); err != nil || n != min(step, len(p)) {
				t.Fatalf("Write is %d, %v", n, err)
			}
		}
		w.Close()
		for line := range bytes.Lines(out.Bytes()) {
			if !bytes.Contains(line, []byte("web #7 | ")) || !bytes.HasSuffix(line, []byte("\n")) {
				t.Fatalf("line %q has no prefix or no end", line)
			}
		}
	})
}
