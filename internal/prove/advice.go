package prove

import (
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// Advice is what to change in the service, and what shows it.
type Advice struct {
	Seen   string `json:"seen"`
	Change string `json:"change"`
}

// findings are what the failures of a report come to.
type findings struct {
	Report
	stopsFirst bool          // the old one had to end before the new one started
	killed     int           // how many old ones had to be killed
	longest    time.Duration // drain
	alive      bool          // ready only because they were alive
}

func findingsOf(r Report) findings {
	f := findings{Report: r}
	for _, h := range r.Handoffs {
		f.stopsFirst = f.stopsFirst || h.stopsFirst()
		f.alive = f.alive || h.ReadyBy == "alive"
		if h.Killed != "" {
			f.killed++
		}
		if h.Drained > h.Draining {
			f.longest = max(f.longest, time.Duration(h.Drained-h.Draining))
		}
	}
	return f
}

// count counts the failures of some kinds in some phases, with whom "new" and "kept"
// connections; without kinds or phases all.
func (f *findings) count(kinds []load.Kind, phases ...Phase) (fresh, kept int64) {
	for _, one := range f.Failures {
		if !in(kinds, one.Kind) || !in(phases, one.Phase) {
			continue
		}
		if one.Kept {
			kept += one.Count
		} else {
			fresh += one.Count
		}
	}
	return fresh, kept
}

func in[T comparable](all []T, one T) bool {
	for _, a := range all {
		if a == one {
			return true
		}
	}
	return len(all) == 0
}

var cut = []load.Kind{load.Reset, load.EOF}

const (
	drainHow = "on TERM stop accepting, finish the requests under way, and only then exit (in Go: handoff.ListenAndServe, or http.Server.Shutdown; docs/protocols.md)"
	readyHow = "send READY=1 only when it can answer, or set ready.by = \"http\" with a page in ready.http that is well only then"
)

// advise names what in the service makes requests fail, the surest first. It says
// nothing of a report without failures.
func advise(r Report) (all []Advice) {
	f := findingsOf(r)
	if f.Failed == 0 {
		return nil
	}
	for _, look := range []func(*findings) []Advice{stopped, unwell, early, cutOff, refused, slow, apart} {
		all = append(all, look(&f)...)
	}
	if all == nil {
		all = []Advice{{"the failures fit nothing that is known", "look at the first of each kind above, and at what the service logs at that moment"}}
	}
	return all
}

func say(seen, change string) []Advice { return []Advice{{seen, change}} }

// stopped: old and new never overlapped.
func stopped(f *findings) []Advice {
	fresh, kept := f.count(nil, WhileStopped)
	if fresh+kept == 0 {
		return nil
	}
	return say(fmt.Sprintf("%s failed while nothing served: the old version was stopped before the new one started", requests(fresh+kept)),
		"let both overlap: take the socket from the supervisor (docs/protocols.md), or let it be adopted (docs/adopt.md); handoff.by must not be \"restart\"")
}

// unwell: answers that say that the service cannot serve.
func unwell(f *findings) (all []Advice) {
	s5 := []load.Kind{load.Status5xx}
	if fresh, kept := f.count(s5, BeforeReady); fresh+kept > 0 {
		all = append(all, Advice{fmt.Sprintf("%s answered 5xx before the new version was ready: it takes connections before it can serve", were(fresh+kept)),
			"begin to accept only when it can answer; clients wait in the socket's queue until then"})
	}
	fresh, kept := f.count(s5, AtTheFlip, WhileDraining, Between)
	if fresh+kept == 0 {
		return all
	}
	seen := fmt.Sprintf("%s answered 5xx after the new version had said that it is ready", were(fresh+kept))
	change := readyHow
	if f.alive {
		seen += "; nothing but that it was alive showed that it is"
	}
	if fresh, kept := f.count(s5, Between); fresh+kept == 0 {
		change += "; if it is the old version that answers so while it drains, let it answer as ever until its last connection is closed"
	}
	return append(all, Advice{seen, change})
}

// early: the new version loses what it takes before it is ready.
func early(f *findings) []Advice {
	fresh, kept := f.count(cut, BeforeReady)
	if fresh+kept == 0 {
		return nil
	}
	return say(fmt.Sprintf("%s cut off before the new version was ready, when nobody had been told to end", were(fresh+kept)),
		"let the new version leave connections alone until it is ready, and the old one serve on beside it: they must not share a lock, a port or a PID file")
}

// cutOff: the old version ends with requests under way.
func cutOff(f *findings) []Advice {
	fresh, kept := f.count(cut, AtTheFlip, WhileDraining)
	switch {
	case fresh+kept == 0:
		return nil
	case f.killed > 0:
		return say(fmt.Sprintf("%s cut off when the old version was killed, %s: it did not end within drain.timeout", were(fresh+kept), times(f.killed)),
			"let it end on TERM once its requests are answered; if they take longer than drain.timeout, raise that")
	case fresh == 0:
		return say(fmt.Sprintf("%s cut off, all on connections that clients keep: it closes them without saying so", were(kept)),
			"when it drains, answer with \"Connection: close\" for a moment, and close what is idle only after that (in Go handoff.ListenAndServe does); browsers and many libraries ask again by themselves, others show the failure")
	}
	return say(fmt.Sprintf("%s cut off: it exits before its requests end (the longest drain took %v)", were(fresh+kept), f.longest.Round(time.Millisecond)),
		"drain on TERM: "+drainHow[len("on TERM "):])
}

// refused: nobody listened.
func refused(f *findings) []Advice {
	fresh, kept := f.count([]load.Kind{load.Refused}, BeforeReady, AtTheFlip, WhileDraining)
	if fresh+kept == 0 {
		return nil
	}
	return say(fmt.Sprintf("%s refused: for a moment nobody listened", were(fresh+kept)),
		"do not shut the listening socket down (shutdown(2)) or remove its path when draining begins: closing its own descriptor is enough")
}

// slow: answers that never came.
func slow(f *findings) []Advice {
	late := []load.Kind{load.Timeout}
	if fresh, kept := f.count(late, AtTheFlip, WhileDraining); fresh+kept > 0 {
		return say(fmt.Sprintf("%s not answered within %v, begun while versions changed", were(fresh+kept), timeout),
			"a version that accepts a connection must answer it: stop accepting before the workers stop")
	}
	if fresh, kept := f.count(late, BeforeReady); fresh+kept > 0 {
		return say(fmt.Sprintf("%s not answered within %v, begun before the new version was ready", were(fresh+kept), timeout),
			"begin to accept only when it can answer, and let the old version serve on until then")
	}
	return nil
}

// apart: what handoffs have no part in.
func apart(f *findings) []Advice {
	fresh, kept := f.count([]load.Kind{load.Refused, load.Reset, load.EOF, load.Timeout, load.Wrong, load.Other}, Between)
	if fresh+kept == 0 {
		return nil
	}
	return say(fmt.Sprintf("%s lost between handoffs, when one version served alone", were(fresh+kept)),
		"look at what the service itself does then, and whether the load is more than it can bear (--rate)")
}

func requests(n int64) string {
	if n == 1 {
		return "1 request"
	}
	return grouped(n) + " requests"
}

func were(n int64) string {
	if n == 1 {
		return "1 request was"
	}
	return requests(n) + " were"
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
