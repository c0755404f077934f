//go:build unix

package rules

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

const patience = 20 * time.Second

// ear hears what rules print and how they fail, one line each.
type ear struct {
	*testing.T
	lines chan string
}

func newEar(t *testing.T) *ear { return &ear{t, make(chan string, 1000)} }

func (e *ear) Failed(rule string, err error) { e.lines <- rule + " failed: " + err.Error() }

func (e *ear) Output(rule string) io.WriteCloser { return mouth{e, rule} }

func (e *ear) Start(cmd *exec.Cmd) (*os.Process, func(), error) {
	err := cmd.Start()
	return cmd.Process, func() {}, err
}

// mouth gets one line with each Write.
type mouth struct {
	e    *ear
	rule string
}

func (m mouth) Write(p []byte) (int, error) {
	m.e.lines <- m.rule + ": " + strings.TrimSuffix(string(p), "\n")
	return len(p), nil
}

func (mouth) Close() error { return nil }

func (e *ear) hears(want string) string {
	e.Helper()
	select {
	case got := <-e.lines:
		if !strings.HasPrefix(got, want) {
			e.Fatalf("heard %q, want %q", got, want)
		}
		return got
	case <-time.After(patience):
		e.Fatalf("never heard %q", want)
	}
	return ""
}

func (e *ear) run(r Rule) (end func()) {
	var s Set
	s.Update(e.Context(), map[string]Rule{r.Name: r}, e)
	e.Cleanup(s.Close)
	return s.Close
}

func save(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func rule(dir, command string) Rule {
	return Rule{Name: "gen", Command: command, Dir: dir, Files: watch.Options{Dir: dir, Include: []string{"*.in"}}}
}

// begun waits until the rule's watcher has taken stock: a change before that may
// count for nothing.
func begun(t *testing.T, e *ear, dir string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for n := 0; ; n++ {
		save(t, dir, "first.in", strings.Repeat("x", n))
		select {
		case line := <-e.lines:
			if line != "gen: ran" {
				t.Fatalf("heard %q", line)
			}
			return
		case <-time.After(20 * time.Millisecond):
			if time.Now().After(deadline) {
				t.Fatal("the rule never ran")
			}
		}
	}
}

func TestRuleRunsAtAChange(t *testing.T) {
	dir, e := t.TempDir(), newEar(t)
	e.run(rule(dir, "echo ran; cat first.in >out; test ! -e fail"))
	begun(t, e, dir)
	save(t, dir, "other.txt", "not its own")
	save(t, dir, "fail", "")
	save(t, dir, "second.in", "a")
	for line := ""; !strings.HasPrefix(line, "gen failed: cannot run"); {
		line = e.hears("gen") // a run that begun has asked for may still be on its way
	}
}

// TestChangesDuringARun: they lead to one more run, not to several.
func TestChangesDuringARun(t *testing.T) {
	dir, e := t.TempDir(), newEar(t)
	e.run(rule(dir, "echo ran; while test -e hold; do sleep 0.01; done; cat *.in | sort -u | tr '\\n' ' ' >out; echo done"))
	begun(t, e, dir)
	e.hears("gen: done")
	save(t, dir, "hold", "")
	save(t, dir, "a.in", "a\n")
	e.hears("gen: ran")
	for _, name := range []string{"b", "c", "d"} {
		save(t, dir, name+".in", name+"\n")
	}
	if err := os.Remove(filepath.Join(dir, "hold")); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(patience)
	for {
		out, _ := os.ReadFile(filepath.Join(dir, "out"))
		if strings.Contains(string(out), "a b c d") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the last run has seen %q", out)
		}
		select {
		case <-e.lines:
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// TestPersistent: it runs from the beginning, and is gone with the set.
func TestPersistent(t *testing.T) {
	dir, e := t.TempDir(), newEar(t)
	r := rule(dir, `trap 'echo gone >gone; exit' TERM; echo watching; while :; do sleep 0.01; done`)
	r.Persistent = true
	end := e.run(r)
	e.hears("gen: watching")
	end()
	if _, err := os.Stat(filepath.Join(dir, "gone")); err != nil {
		t.Errorf("it was not asked to end: %v", err)
	}
}

func TestPersistentIsStartedAgain(t *testing.T) {
	dir, e := t.TempDir(), newEar(t)
	r := rule(dir, "echo ran")
	r.Persistent = true
	e.run(r)
	e.hears("gen: ran")
	e.hears("gen failed: it ended")
	e.hears("gen: ran")
}

// TestUpdate: what did not change goes on, what changed begins anew.
func TestUpdate(t *testing.T) {
	dir, e := t.TempDir(), newEar(t)
	forever := func(word string) Rule {
		return Rule{Name: word, Command: "echo " + word + "; exec sleep 1000", Dir: dir, Persistent: true}
	}
	var s Set
	defer s.Close()
	s.Update(context.Background(), map[string]Rule{"a": forever("one")}, e)
	e.hears("one: one")
	s.Update(context.Background(), map[string]Rule{"a": forever("one"), "b": forever("two")}, e)
	e.hears("two: two")
	s.Update(context.Background(), map[string]Rule{"a": forever("three")}, e)
	e.hears("three: three")
	if len(s.running) != 1 {
		t.Errorf("%d run, want 1", len(s.running))
	}
}
