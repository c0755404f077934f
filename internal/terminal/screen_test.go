package terminal

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// glass is a device without an operating system.
type glass struct {
	mu       sync.Mutex
	vt       *vt
	behind   bool          // it is not in the foreground
	tries    int           // of writing
	writes   int           // that went well, since the last look
	stop     chan struct{} // not nil: a Write waits until it is closed
	deadline chan struct{}
	gone     bool
}

func newGlass(columns, rows int) *glass {
	return &glass{vt: newVT(columns, rows), deadline: make(chan struct{})}
}

func (g *glass) Write(p []byte) (int, error) {
	g.mu.Lock()
	stop := g.stop
	g.mu.Unlock()
	if stop != nil {
		select {
		case <-stop:
		case <-g.deadline:
			return 0, os.ErrDeadlineExceeded
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tries++
	if g.gone {
		return 0, errors.New("input/output error")
	}
	g.writes++
	return g.vt.Write(p)
}

func (g *glass) SetWriteDeadline(at time.Time) error {
	time.AfterFunc(time.Until(at), func() { close(g.deadline) })
	return nil
}

func (g *glass) set(change func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change()
}

func (g *glass) size() (int, int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.vt.columns, g.vt.rows
}

func (g *glass) foreground() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.behind
}

func (g *glass) wants(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	if got := g.vt.seen(); !slices.Equal(got, want) {
		t.Errorf("on the screen:\n  %s\nwanted:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	if len(g.vt.unknown) > 0 {
		t.Errorf("unknown sequences: %q", g.vt.unknown)
	}
}

func (g *glass) written() int {
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	defer func() { g.writes = 0 }()
	return g.writes
}

// ticking is a line that changes each tenth of a second.
func ticking(names ...string) func(time.Time, int) ([]string, time.Duration) {
	began := time.Now()
	return func(now time.Time, _ int) (lines []string, again time.Duration) {
		for _, name := range names {
			lines = append(lines, fmt.Sprintf("%s %.1fs", name, now.Sub(began).Seconds()))
		}
		return lines, 100 * time.Millisecond
	}
}

func onGlass(t *testing.T, columns, rows int, test func(t *testing.T, g *glass, s *screen)) {
	synctest.Test(t, func(t *testing.T) {
		g := newGlass(columns, rows)
		s := newScreen(g)
		test(t, g, s)
	})
}

func TestLinesScrollAboveLiveOnes(t *testing.T) {
	onGlass(t, 40, 10, func(t *testing.T, g *glass, s *screen) {
		fmt.Fprintln(s, "first")
		s.Live(ticking("web", "api"))
		g.wants(t, "first", "web 0.0s", "api 0.0s")
		time.Sleep(250 * time.Millisecond)
		g.wants(t, "first", "web 0.2s", "api 0.2s")
		fmt.Fprint(s, "second\nthird\n")
		g.wants(t, "first", "second", "third", "web 0.2s", "api 0.2s")
		s.Live(ticking("api"))
		g.wants(t, "first", "second", "third", "api 0.0s")
		s.Live(nil)
		g.wants(t, "first", "second", "third")
		s.close()
		g.wants(t, "first", "second", "third")
	})
}

func TestNothingTicksWhenIdle(t *testing.T) {
	onGlass(t, 40, 10, func(t *testing.T, g *glass, s *screen) {
		s.Live(ticking("web"))
		time.Sleep(time.Second)
		if n := g.written(); n < 9 {
			t.Errorf("%d writes in a second of a phase", n)
		}
		s.Live(nil)
		g.written()
		renders := 0
		s.Live(func(time.Time, int) ([]string, time.Duration) { renders++; return []string{"fixed"}, 0 })
		g.written()
		time.Sleep(time.Hour)
		if n := g.written(); n != 0 || renders != 1 {
			t.Errorf("%d writes and %d looks in an idle hour", n, renders)
		}
		s.close()
	})
}

func TestALineThatStaysIsNotWrittenAgain(t *testing.T) {
	onGlass(t, 40, 10, func(t *testing.T, g *glass, s *screen) {
		s.Live(func(time.Time, int) ([]string, time.Duration) { return []string{"same"}, time.Second })
		g.written()
		time.Sleep(time.Minute)
		if n := g.written(); n != 0 {
			t.Errorf("%d writes", n)
		}
		s.close()
	})
}

func TestNarrowAndShortTerminals(t *testing.T) {
	onGlass(t, 12, 5, func(t *testing.T, g *glass, s *screen) {
		s.Live(ticking("a-long-name", "b", "c", "d", "e"))
		g.wants(t, "a-long-nam…", "b 0.0s", "… and 3 mo…")
		for n := range 8 {
			fmt.Fprintf(s, "a line that is folded %d\n", n)
		}
		want := []string{}
		for n := range 8 {
			want = append(want, fmt.Sprintf("a line that is folded %d", n))
		}
		g.wants(t, append(want, "a-long-nam…", "b 0.0s", "… and 3 mo…")...)
		s.close()
		g.wants(t, want...)
	})
	for _, size := range [][2]int{{1, 1}, {2, 2}, {3, 1}} {
		onGlass(t, size[0], size[1], func(t *testing.T, g *glass, s *screen) {
			s.Live(ticking("web"))
			synctest.Wait()
			fmt.Fprintln(s, "x")
			s.close()
			g.wants(t, "x")
		})
	}
}

func TestResizing(t *testing.T) {
	onGlass(t, 40, 10, func(t *testing.T, g *glass, s *screen) {
		fmt.Fprintln(s, "a log line of some length, too")
		s.Live(ticking("the service number one", "the service number two"))
		synctest.Wait()
		for _, columns := range []int{12, 70, 27, 9, 40} {
			g.set(func() { g.vt.resize(columns, 10) })
			time.Sleep(time.Second)
			synctest.Wait()
		}
		g.wants(t, "a log line of some length, too", "the service number one 5.0s", "the service number two 5.0s")
		s.close()
		g.wants(t, "a log line of some length, too")
	})
}

func TestWideCharacters(t *testing.T) {
	onGlass(t, 14, 10, func(t *testing.T, g *glass, s *screen) {
		s.Live(func(time.Time, int) ([]string, time.Duration) {
			return []string{"\x1b[31m构建服务\x1b[0m中，请稍候"}, 0
		})
		g.wants(t, "构建服务中，…")
		fmt.Fprintln(s, "日志")
		g.wants(t, "日志", "构建服务中，…")
		s.close()
		g.wants(t, "日志")
	})
}

// While the terminal is stopped, whoever writes waits once, for a second; what
// finds no room is counted, and said in its place.
func TestAStoppedTerminalHoldsNobodyUp(t *testing.T) {
	onGlass(t, 40, 10, func(t *testing.T, g *glass, s *screen) {
		stop := make(chan struct{})
		g.set(func() { g.stop = stop })
		began := time.Now()
		const lines = 10 * waiting
		for n := range lines {
			fmt.Fprintf(s, "line %d\n", n)
		}
		s.Live(ticking("web"))
		s.Live(nil)
		if took := time.Since(began); took > patience {
			t.Errorf("writers waited %v", took)
		}
		g.set(func() { g.stop = nil })
		close(stop)
		synctest.Wait()
		g.mu.Lock()
		seen := g.vt.seen()
		g.mu.Unlock()
		shown, missing := len(seen)-1, 0
		for n, line := range seen[:shown] {
			if line != fmt.Sprintf("line %d", n) {
				t.Errorf("line %d is %q", n, line)
			}
		}
		fmt.Sscanf(seen[shown], "… %d lines are missing", &missing)
		if shown+missing != lines || shown < waiting {
			t.Errorf("%d shown and %d missing of %d", shown, missing, lines)
		}
		fmt.Fprintln(s, "after")
		g.wants(t, append(seen, "after")...)
		s.close()
	})
}

func TestCloseDoesNotWaitForAStoppedTerminal(t *testing.T) {
	onGlass(t, 40, 10, func(t *testing.T, g *glass, s *screen) {
		g.set(func() { g.stop = make(chan struct{}) })
		fmt.Fprintln(s, "never seen")
		s.Live(ticking("web"))
		synctest.Wait()
		began := time.Now()
		s.pause()
		s.Clear()
		s.close()
		if took := time.Since(began); took > 3*patience {
			t.Errorf("it took %v", took)
		}
	})
}

func TestATerminalThatIsGone(t *testing.T) {
	onGlass(t, 40, 10, func(t *testing.T, g *glass, s *screen) {
		g.set(func() { g.gone = true })
		s.Live(ticking("web"))
		began := time.Now()
		for range 10 * waiting {
			if n, err := fmt.Fprintln(s, "x"); n != 2 || err != nil {
				t.Fatalf("Write is %d, %v", n, err)
			}
			synctest.Wait()
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("writers waited %v", took)
		}
		time.Sleep(time.Hour)
		s.close()
		if g.tries > 1 {
			t.Errorf("it was written to %d times", g.tries)
		}
	})
}

func TestInTheBackgroundOnlyLinesScroll(t *testing.T) {
	onGlass(t, 40, 10, func(t *testing.T, g *glass, s *screen) {
		s.Live(ticking("web"))
		g.wants(t, "web 0.0s")
		s.pause()
		g.wants(t)
		g.set(func() { g.behind = true; g.vt.Write([]byte("$ bg\n$ ")) })
		s.resume()
		time.Sleep(300 * time.Millisecond)
		g.wants(t, "$ bg", "$")
		g.set(func() { g.vt.Write([]byte("fg\n")); g.behind = false })
		time.Sleep(200 * time.Millisecond)
		g.wants(t, "$ bg", "$ fg", "web 0.5s")
		s.close()
	})
}

func TestClear(t *testing.T) {
	onGlass(t, 40, 10, func(t *testing.T, g *glass, s *screen) {
		fmt.Fprintln(s, "old")
		s.Live(ticking("web"))
		synctest.Wait()
		s.Clear()
		g.wants(t, "web 0.0s")
		fmt.Fprintln(s, "new")
		g.wants(t, "new", "web 0.0s")
		s.close()
	})
}

func TestWritersDoNotTearLines(t *testing.T) {
	onGlass(t, 80, 24, func(t *testing.T, g *glass, s *screen) {
		var all sync.WaitGroup
		for w := range 8 {
			all.Go(func() {
				for n := range 200 {
					fmt.Fprintf(s, "\x1b[3%dmwriter %d line %d\n", w, w, n)
					if n%10 == 0 {
						s.Live(ticking("web", "api"))
					}
				}
			})
		}
		all.Wait()
		s.close()
		g.mu.Lock()
		defer g.mu.Unlock()
		next := [8]int{}
		for _, line := range g.vt.seen() {
			var w, n int
			if _, err := fmt.Sscanf(line, "writer %d line %d", &w, &n); err != nil || n != next[w] {
				t.Fatalf("%q where line %d should be", line, next[w])
			}
			next[w]++
		}
		if next != [8]int{200, 200, 200, 200, 200, 200, 200, 200} {
			t.Errorf("lines of each writer: %v", next)
		}
	})
}
