package telemetry

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// pane is a screen that keeps what scrolled, and what is asked to stand below.
type pane struct {
	strings.Builder
	render func(now time.Time, width int) ([]string, time.Duration)
}

func (p *pane) Live(render func(now time.Time, width int) ([]string, time.Duration)) {
	p.render = render
}

func (p *pane) at(since time.Duration, width int) ([]string, time.Duration) {
	if p.render == nil {
		return nil, 0
	}
	return p.render(at.Add(since), width)
}

func after(d time.Duration, kind, service string, generation int) Report {
	return Report{Time: at.Add(d), Kind: kind, Service: service, Generation: generation}
}

func TestPhasesAreLiveWhileTheyLast(t *testing.T) {
	var p pane
	l := New(Options{Screen: &p, Services: []string{"web", "worker"}})
	l.Report(after(0, Listening, "", 0))
	if p.render != nil {
		t.Error("it is live without a phase")
	}
	l.Report(after(0, Building, "web", 7))
	l.Report(after(time.Second, Draining, "worker", 3))
	for _, c := range []struct {
		since time.Duration
		want  []string
		again time.Duration
	}{
		{50 * time.Millisecond, nil, 50 * time.Millisecond},
		{1234 * time.Millisecond, []string{"12:01:07 web    #7 building 1.2s …", "12:01:08 worker #3 draining 0.2s …"}, 66 * time.Millisecond},
		{10950 * time.Millisecond, []string{"12:01:07 web    #7 building 10s …", "12:01:08 worker #3 draining 9.9s …"}, 50 * time.Millisecond},
		{3*time.Minute + 5500*time.Millisecond, []string{"12:01:07 web    #7 building 3m5s …", "12:01:08 worker #3 draining 3m4s …"}, 500 * time.Millisecond},
	} {
		if lines, again := p.at(c.since, 80); !slices.Equal(lines, c.want) || again != c.again {
			t.Errorf("after %v: %q for %v, want %q for %v", c.since, lines, again, c.want, c.again)
		}
	}
	if lines, _ := p.at(1234*time.Millisecond, 30); lines[0] != "web #7 building 1.2s …" {
		t.Errorf("on a narrow screen %q", lines)
	}
	l.Report(after(1900*time.Millisecond, Built, "web", 7))
	if lines, _ := p.at(2*time.Second, 80); !slices.Equal(lines, []string{"12:01:08 worker #3 draining 1.0s …"}) {
		t.Errorf("after the build: %q", lines)
	}
	l.Report(after(4*time.Second, Drained, "worker", 3))
	if p.render != nil {
		t.Error("it is live after the last phase")
	}
	want := "12:01:07        listening on \n12:01:08 web    #7 built in 1.9s\n12:01:11 worker #3 drained in 3s\n"
	if got := p.String(); got != want {
		t.Errorf("scrolled\n%swant\n%s", got, want)
	}
}

func TestWhatEndsAPhase(t *testing.T) {
	for _, c := range []struct {
		name    string
		reports []Report
		want    string // the kinds and generations that are under way then
	}{
		{"a build that another one replaces", []Report{after(0, Building, "web", 7), after(1, Building, "web", 8)}, "building 8"},
		{"a build of another service", []Report{after(0, Building, "web", 7), after(1, Building, "api", 7)}, "building 7, building 7"},
		{"a build that nobody waits for", []Report{after(0, Building, "web", 7), after(1, Cancelled, "web", 7)}, ""},
		{"a build that fails", []Report{after(0, Building, "web", 7), after(1, BuildFailed, "web", 7)}, ""},
		{"a build of the same", []Report{after(0, Building, "web", 7), after(1, Unchanged, "web", 7)}, ""},
		{"a start after a build", []Report{after(0, Building, "web", 7), after(1, Built, "web", 7), after(2, Starting, "web", 7)}, "starting 7"},
		{"a start that fails", []Report{after(0, Starting, "web", 7), after(1, Killed, "web", 7), after(2, NotReady, "web", 7)}, ""},
		{"a start that exits", []Report{after(0, Starting, "web", 7), after(1, Exited, "web", 7)}, ""},
		{"a handoff", []Report{after(0, Starting, "web", 7), after(1, Ready, "web", 7), after(2, Serving, "web", 7), after(3, Draining, "web", 6)}, "draining 6"},
		{"a canary", []Report{after(0, Starting, "web", 7), after(1, Ready, "web", 7), after(2, Canary, "web", 7)}, "canary 7"},
		{"a canary that passes", []Report{after(0, Canary, "web", 7), after(1, CanaryPassed, "web", 7), after(2, Serving, "web", 7)}, ""},
		{"a canary that fails", []Report{after(0, Canary, "web", 7), after(1, RolledBack, "web", 7), after(2, Draining, "web", 7)}, "draining 7"},
		{"a kill while it drains", []Report{after(0, Draining, "web", 6), after(1, Killed, "web", 6), after(2, Notice, "web", 6), after(3, Crashed, "web", 6)}, "draining 6"},
		{"the end of everything", []Report{after(0, Building, "web", 7), after(1, Draining, "web", 5), after(2, Stopping, "", 0), after(3, Draining, "web", 6)}, "draining 5, stopping 0, draining 6"},
		{"the very end", []Report{after(0, Stopping, "", 0), after(1, Draining, "web", 6), after(2, Stopped, "", 0)}, ""},
	} {
		var running phases
		for _, r := range c.reports {
			running, _ = running.after(r)
		}
		var got []string
		for _, p := range running {
			got = append(got, fmt.Sprint(p.kind, " ", p.generation))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
}

func TestLiveLinesHaveColours(t *testing.T) {
	var p pane
	l := New(Options{Screen: &p, Color: true})
	l.Report(after(0, Building, "web", 7))
	l.Report(after(0, Stopping, "", 0))
	l.Report(after(0, Building, "web", 8))
	lines, _ := p.at(time.Second, 80)
	want := []string{"\x1b[2m12:01:07 \x1b[0m    stopping 1.0s …", "\x1b[2m12:01:07 \x1b[0m\x1b[35mweb\x1b[0m #8 building 1.0s …"}
	if !slices.Equal(lines, want) {
		t.Errorf("%q, want %q", lines, want)
	}
	if lines, _ := p.at(time.Second, 20); lines[0] != "stopping 1.0s …" {
		t.Errorf("narrow: %q", lines)
	}
}

// A screen is a reader's: logs for machines go where they are told.
func TestOnlyPrettyLinesGoToTheScreen(t *testing.T) {
	for _, mode := range []Mode{Plain, Journal, JSON} {
		var p pane
		var out strings.Builder
		l := New(Options{Mode: mode, Out: &out, Screen: &p})
		l.Report(after(0, Building, "web", 7))
		if p.render != nil || p.Len() > 0 || out.Len() == 0 {
			t.Errorf("%s: %q on the screen, %q in the log", mode, p.String(), out.String())
		}
	}
}
