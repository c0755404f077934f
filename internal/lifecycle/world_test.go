package lifecycle

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// world is a model of everything outside: builds that run, processes that live,
// timers that tick, people who wait. It performs effects and checks, at each
// step, that what was decided keeps the promise.
type world struct {
	pick    func(n int) int // 0 … n-1
	state   State
	source  int             // version of the source, one more at each request
	builds  map[int]bool    // generation → told to cancel
	version map[int]int     // generation → source version that its build began with
	exams   map[int]bool    // generation under examination → told to cancel
	passed  map[int]bool    // generations that may start
	checks  map[int]bool    // generations that are being checked
	procs   map[int]process // by ID
	timers  map[Timer]bool
	overdue map[Timer]bool // ran out once
	waiting map[Ticket]int // ticket → source version asked for
	tickets Ticket
	stopped bool
	finish  int
	steps   int
	seen    map[Outcome]int
	reached map[string]int // what a simulation must have met besides
	staff                  // how many workers are asked for
}

type process struct {
	generation      int
	ready, stopping bool
	killed          bool
}

func newWorld(pick func(int) int) *world {
	return &world{
		pick: pick, builds: map[int]bool{}, version: map[int]int{}, procs: map[int]process{},
		exams: map[int]bool{}, passed: map[int]bool{}, checks: map[int]bool{},
		timers: map[Timer]bool{}, overdue: map[Timer]bool{}, waiting: map[Ticket]int{}, seen: map[Outcome]int{}, reached: map[string]int{},
	}
}

// step makes one thing happen.
func (w *world) step() error {
	e, stale := w.event()
	if e == nil {
		return nil
	}
	return w.apply(e, stale)
}

// event picks something that can happen now; stale ones name what is no more.
func (w *world) event() (e Event, stale bool) {
	switch w.pick(21) {
	case 0, 1:
		return w.request(), false
	case 2, 3, 4:
		return w.endBuild(w.pick(4) == 0, w.pick(8) == 0), false
	case 5, 6, 7, 8:
		if id, p := w.anyProc(); id != 0 && !p.ready && !p.stopping {
			if w.pick(16) == 0 {
				return Unfit{p.generation, id, "it cannot be heard"}, false
			}
			p.ready = true
			w.procs[id] = p
			return Ready{p.generation, id}, false
		}
	case 9, 10:
		if id, p := w.anyProc(); id != 0 && (p.stopping || w.pick(3) == 0) {
			delete(w.procs, id)
			return Exited{p.generation, id, "exit status 1", time.Duration(w.pick(20)) * time.Second, w.pick(2) == 0}, false
		}
	case 11, 12:
		if t, ok := w.anyTimer(); ok {
			delete(w.timers, t)
			w.overdue[t] = true
			return Expired{t}, false
		}
	case 13:
		return w.staleEvent(), true
	case 14:
		if id, p := w.anyProc(); id != 0 {
			return []Event{Alive{p.generation, id}, Ailing{p.generation, id}, Extended{p.generation, id, time.Second}}[w.pick(3)], false
		}
	case 15:
		if w.pick(200) == 0 && !w.stopped {
			w.stopped = true
			return []Event{Stop{}, Kill{}}[w.pick(2)], false
		}
	case 16:
		if w.pick(3) == 0 {
			return w.scale(), false
		}
	case 17, 18:
		return w.endExam(w.pick(4) == 0), false
	case 19, 20:
		return w.endCheck(w.pick(6) == 0), false
	}
	return nil, false
}

func (w *world) request() Event {
	e := Requested{Policy: Policy{
		Workers: w.configure(), Rolling: w.pick(2) == 0, DrainMax: w.pick(3), Confirm: time.Duration(w.pick(2)) * time.Minute,
		ReadyTimeout: time.Minute, DrainTimeout: time.Minute, Watchdog: time.Duration(w.pick(2)) * time.Second,
		Once: w.pick(4) == 0, Examine: w.pick(3) == 0, Check: w.pick(2) == 0, Canary: w.canary(),
	}}
	wants := anyVersion
	if w.source > 0 && w.pick(5) == 0 {
		e.Artifact = artifact(w.pick(w.source) + 1)
	} else {
		w.source++
		wants, e.Force = w.source, w.pick(2) == 0
	}
	if w.pick(2) == 0 {
		w.tickets++
		e.Ticket = w.tickets
		w.waiting[e.Ticket] = wants
	}
	return e
}

// anyVersion is asked for by those who want to go back.
const anyVersion = 0

// artifact is what the build makes of a version of the source: two versions in a row
// differ in nothing that counts.
func artifact(version int) string { return fmt.Sprint(version / 2) }

// made is a version that an artifact is made of.
func made(artifact string) int {
	n, _ := strconv.Atoi(artifact)
	return 2 * n
}

func (w *world) endExam(fails bool) Event {
	for g, cancelled := range w.exams {
		delete(w.exams, g)
		if fails || cancelled && w.pick(2) == 0 {
			return Examined{g, "exit status 1"}
		}
		w.passed[g] = true
		return Examined{Generation: g}
	}
	return nil
}

func (w *world) endCheck(fails bool) Event {
	if len(w.checks) == 0 {
		return nil
	}
	c := Checked{Generation: slices.Min(slices.Collect(maps.Keys(w.checks)))}
	delete(w.checks, c.Generation)
	if fails {
		c.Reason = "answered 500"
	}
	return c
}

func (w *world) endBuild(fails, exclusive bool) Event {
	for g := range w.builds {
		cancelled := w.builds[g]
		delete(w.builds, g)
		// A cancelled build may have succeeded a moment before.
		if fails || cancelled && w.pick(2) == 0 {
			return BuildFailed{g, "main.go:1:1: broken", w.pick(8) == 0}
		}
		return Built{g, artifact(w.version[g]), exclusive}
	}
	return nil
}

func (w *world) staleEvent() Event {
	g, p := w.state.Last+1+w.pick(3), w.state.LastProc+1+w.pick(3)
	if w.pick(2) == 0 && w.state.Serving.Number != 0 {
		g = w.state.Serving.Number // a living generation, a process that is no more
	}
	return []Event{
		Built{Generation: g}, BuildFailed{Generation: g}, Ready{g, p}, Exited{Generation: g, Proc: p},
		Alive{g, p}, Ailing{g, p}, Extended{g, p, time.Hour},
		Expired{Timer{[]Role{ReadyDeadline, BackoffEnd, WatchdogSilence}[w.pick(3)], g, p}},
		Expired{Timer{DrainDeadline, w.state.Serving.Number, 0}},
		Expired{Timer{DrainDeadline, g, p}},
		Expired{Timer{ConfirmEnd, w.state.Serving.Number, 0}},
		Expired{Timer{CanaryEnd, w.state.Serving.Number, 0}},
		Expired{Timer{ReadyDeadline, w.state.Serving.Number, 0}},
		Expired{Timer{CheckPause, w.state.Serving.Number, 0}},
		Examined{Generation: g}, Checked{Generation: g}, Checked{w.state.Serving.Number, "answered 500"},
		Unfit{g, p, "it cannot be heard"},
	}[w.pick(18)]
}

func (w *world) anyProc() (int, process) {
	if len(w.procs) == 0 {
		return 0, process{}
	}
	ids := make([]int, 0, len(w.procs))
	for id := range w.procs {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	id := ids[w.pick(len(ids))]
	return id, w.procs[id]
}

func (w *world) anyTimer() (Timer, bool) {
	all := w.sortedTimers()
	if len(all) == 0 {
		return Timer{}, false
	}
	return all[w.pick(len(all))], true
}

func (w *world) sortedTimers() []Timer {
	all := make([]Timer, 0, len(w.timers))
	for t := range w.timers {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Timer) int {
		return slices.Compare([]string{string(a.Role), fmt.Sprintf("%9d%9d", a.Generation, a.Proc)},
			[]string{string(b.Role), fmt.Sprintf("%9d%9d", b.Generation, b.Proc)})
	})
	return all
}

// apply runs one decision, performs its effects and checks the invariants.
func (w *world) apply(e Event, stale bool) error {
	w.steps++
	before := w.state.clone()
	next, effects := Next(w.state, e)
	if !reflect.DeepEqual(before, w.state.clone()) {
		return fmt.Errorf("%#v changed the state that it was given", e)
	}
	if stale && (len(effects) > 0 || !reflect.DeepEqual(before, next.clone())) {
		return fmt.Errorf("stale %#v had effects %+v", e, effects)
	}
	w.state = next
	w.took = false
	if err := vain(effects); err != nil {
		return fmt.Errorf("%#v: %w", e, err)
	}
	for _, f := range effects {
		if err := w.perform(before, f); err != nil {
			return fmt.Errorf("%#v → %#v: %w\nbefore: %+v\nafter: %+v", e, f, err, before, next)
		}
	}
	if err := cmp.Or(errors.Join(w.check(before), confirmed(before, e, next), w.checkCanary(before, e)), w.checkStaff(before)); err != nil {
		return fmt.Errorf("%#v: %w\neffects: %+v\nbefore: %+v\nafter: %+v", e, err, effects, before, next)
	}
	return nil
}

func (w *world) perform(before State, f Effect) error {
	switch f := f.(type) {
	case Build:
		if len(w.builds)+len(w.exams) > 0 || w.stopped {
			return fmt.Errorf("a build while another one runs, or after the stop")
		}
		w.builds[f.Generation] = false
		w.version[f.Generation] = w.source
		if f.Artifact != "" {
			w.version[f.Generation] = made(f.Artifact)
		}
	case Examine:
		if len(w.builds)+len(w.exams) > 0 || w.stopped {
			return fmt.Errorf("examined beside a build, or after the stop")
		}
		w.exams[f.Generation] = false
	case Check:
		if w.checks[f.Generation] || w.state.Incoming.Number != f.Generation || !w.state.Incoming.onTrial() {
			return fmt.Errorf("checked twice at once, or what is not on trial")
		}
		w.checks[f.Generation] = true
	case CancelBuild:
		kind := w.builds
		if _, examined := w.exams[f.Generation]; examined {
			kind = w.exams
		}
		if cancelled, runs := kind[f.Generation]; !runs || cancelled {
			return fmt.Errorf("cancelled what does not run")
		}
		kind[f.Generation] = true
	case Spawn:
		return w.spawn(before, f)
	case Terminate:
		return w.terminate(before, f)
	case Destroy:
		p, lives := w.procs[f.Proc]
		if !lives {
			return fmt.Errorf("killed what does not live")
		}
		p.killed = true
		w.procs[f.Proc] = p
		return w.capped(f)
	case SetTimer:
		w.timers[f.Timer] = true
	case Answer:
		return w.answer(f)
	case Rescaled:
		return w.rescaled(f.Verdict)
	case Finish:
		w.finish++
	}
	return nil
}

func (w *world) spawn(before State, f Spawn) error {
	if w.stopped {
		return fmt.Errorf("started a process after the stop")
	}
	if _, known := w.version[f.Origin]; !known {
		return fmt.Errorf("runs an artifact that was never built")
	}
	if _, used := w.procs[f.Proc]; used {
		return fmt.Errorf("a process ID used twice")
	}
	for _, g := range w.state.Generations() {
		// What follows may run beside it: that is for the newer one to say.
		if g.Number == f.Generation && g.Exclusive && before.Serving.Number != f.Generation {
			for _, p := range w.procs {
				if p.generation != f.Generation {
					return fmt.Errorf("an exclusive generation beside generation %d", p.generation)
				}
			}
		}
	}
	if g := before.Incoming; g.Number == f.Generation && f.Origin == f.Generation && g.Request.Policy.Examine && !w.passed[f.Generation] {
		return fmt.Errorf("started what was not examined")
	}
	w.version[f.Generation] = w.version[f.Origin]
	w.procs[f.Proc] = process{generation: f.Generation}
	return w.room(f)
}

// terminate: what serves is told to drain only for a successor that is ready,
// for one that cannot overlap, or for a stop.
func (w *world) terminate(before State, f Terminate) error {
	p, lives := w.procs[f.Proc]
	if !lives || p.stopping {
		return fmt.Errorf("told to drain twice, or does not live")
	}
	leaves := f.Generation == w.state.Serving.Number // alone: see checkStaff
	if f.Generation == before.Serving.Number && !leaves && !w.stopped && !before.Incoming.exclusiveNow(w.state) && !w.state.Serving.arrived() {
		return fmt.Errorf("drained without a ready successor")
	}
	w.took = w.took || p.ready && before.inService(f.Generation)
	if g := w.state.Incoming; f.Generation == before.Serving.Number && !leaves && !w.stopped && g.Request.Policy.Examine && g.Origin == g.Number && g.Exclusive && !w.passed[g.Number] {
		return fmt.Errorf("drained for a successor that was not examined")
	}
	p.stopping = true
	w.procs[f.Proc] = p
	return nil
}

// confirmed: what is checked is promoted by an answer that is well, unless its work
// is done, and nothing that serves leaves for one that is not.
func confirmed(before State, e Event, after State) error {
	g := before.Incoming
	took := after.Serving.Number == g.Number && after.Serving.Phase != Finished || after.Incoming.Number == g.Number && after.Incoming.Held > g.Held
	if g.Phase != Confirming || !g.Request.Policy.Check || !took {
		return nil
	}
	if c, ok := e.(Checked); !ok || c.Reason != "" || !g.Confirmed {
		return fmt.Errorf("promoted without a last answer that is well")
	}
	return nil
}

// arrived: it can serve, or has done its work.
func (g Generation) arrived() bool {
	return g.Ready() || g.Phase == Finished && g.Request.Policy.Once && len(g.Procs) == 0
}

func (g Generation) exclusiveNow(after State) bool {
	return after.Incoming.Number == g.Number && after.Incoming.Exclusive
}

func (w *world) answer(f Answer) error {
	asked, waits := w.waiting[f.Ticket]
	if !waits {
		return fmt.Errorf("answered twice, or nobody asked")
	}
	delete(w.waiting, f.Ticket)
	v := f.Verdict
	w.seen[v.Outcome]++
	if v.Decisive() == Promoted {
		if s := w.state.Serving; s.Number != v.Serving || !s.arrived() {
			return fmt.Errorf("promoted, but it does not serve")
		}
		if w.version[v.Serving] < asked {
			return fmt.Errorf("promoted version %d to somebody who asked for %d", w.version[v.Serving], asked)
		}
		if back := w.state.Serving.Request.Artifact; v.Outcome == Promoted && (asked == anyVersion) != (back != "") {
			return fmt.Errorf("promoted artifact %q to somebody who asked for version %d", back, asked)
		}
	}
	if v.Outcome == Superseded && (v.By < v.Generation || v.Final == "") {
		return fmt.Errorf("superseded by nothing")
	}
	return nil
}

func (w *world) check(before State) error {
	s := w.state
	if before.Serving.Number != 0 && s.Serving.Number == 0 && !s.Stopping && !s.Incoming.Exclusive && !s.Serving.Exclusive {
		return fmt.Errorf("nothing serves any more")
	}
	known := map[int]bool{}
	for _, g := range s.Generations() {
		for _, p := range g.Procs {
			if known[p.ID] {
				return fmt.Errorf("process %d stands twice", p.ID)
			}
			known[p.ID] = true
			if _, lives := w.procs[p.ID]; !lives && p.Phase != ProcBackoff {
				return fmt.Errorf("process %d is thought to live", p.ID)
			}
			if p.Phase == ProcBackoff && !w.timers[Timer{BackoffEnd, g.Number, p.ID}] {
				return fmt.Errorf("process %d waits for no timer", p.ID)
			}
		}
		if len(g.Procs) == 0 && g.Phase != Building && g.Phase != Examining && g.Phase != Waiting && g.Phase != Finished && g.Phase != Replacing {
			return fmt.Errorf("generation %d is %s without a process", g.Number, g.Phase)
		}
		if d := (Timer{DrainDeadline, g.Number, 0}); g.Phase == Draining && !w.timers[d] && !w.overdue[d] {
			return fmt.Errorf("generation %d drains without a deadline", g.Number)
		}
	}
	for id := range w.procs {
		if !known[id] {
			return fmt.Errorf("process %d was forgotten", id)
		}
	}
	if s.Pending.Asked && s.Incoming.Number == 0 {
		return fmt.Errorf("a request lies there and nothing is on its way")
	}
	if back := s.Serving.Request.Artifact; back != "" && !s.Behind {
		return fmt.Errorf("artifact %s serves, and that it is old is not known", back)
	}
	if w.finish > 1 || w.finish == 1 && (len(w.procs) > 0 || len(w.builds) > 0 || len(w.exams) > 0 || len(w.waiting) > 0) {
		return fmt.Errorf("finished twice, or with something left")
	}
	return nil
}

// settle lets everything end well, and then what was asked for last must serve.
func (w *world) settle() error {
	for range 10_000 {
		e := w.orderly()
		if e == nil {
			return w.settled()
		}
		if err := w.apply(e, false); err != nil {
			return err
		}
	}
	return fmt.Errorf("it never comes to rest: %+v", w.state)
}

func (w *world) orderly() Event {
	if len(w.builds) > 0 {
		return w.endBuild(false, false)
	}
	if len(w.exams) > 0 {
		return w.endExam(false)
	}
	if len(w.checks) > 0 {
		return w.endCheck(false)
	}
	for _, id := range slices.Sorted(maps.Keys(w.procs)) {
		p := w.procs[id]
		if p.stopping {
			delete(w.procs, id)
			return Exited{Generation: p.generation, Proc: id}
		}
		if !p.ready {
			p.ready = true
			w.procs[id] = p
			return Ready{p.generation, id}
		}
	}
	for _, role := range []Role{CanaryEnd, ConfirmEnd, BackoffEnd, CheckPause} {
		for _, t := range w.sortedTimers() {
			if t.Role == role {
				delete(w.timers, t)
				return Expired{t}
			}
		}
	}
	return nil
}

func (w *world) settled() error {
	s := w.state
	switch {
	case len(w.waiting) > 0:
		return fmt.Errorf("nobody answered %v: %+v", w.waiting, s)
	case w.stopped && (w.finish != 1 || len(w.procs) > 0):
		return fmt.Errorf("the stop never ended: %+v", s)
	case w.stopped || s.Last == 0:
		return nil
	case s.Incoming.Number != 0 || len(s.Draining) > 0:
		return fmt.Errorf("something is still on its way: %+v", s)
	case s.Serving.Number != 0 && !s.Serving.arrived():
		return fmt.Errorf("what serves is not ready: %+v", s.Serving)
	case !s.Behind && s.Serving.Number != 0 && w.version[s.Serving.Number]/2 != w.source/2:
		return fmt.Errorf("version %d serves, %d was asked for last", w.version[s.Serving.Number], w.source)
	}
	return w.settledStaff()
}
