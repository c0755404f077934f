package prove

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// supervisor is a fake: a new generation is ready 100 ms after it was asked for, and
// the old one gone 400 ms later.
type supervisor struct {
	mu         sync.Mutex
	serving    int
	there      []int // generations
	events     chan control.Event
	gone       chan struct{} // closed: it has ended
	outcome    func(generation int) lifecycle.Outcome
	mute       bool // says nothing of drains
	forever    bool // never drains
	background sync.WaitGroup
}

func newSupervisor() *supervisor {
	return &supervisor{
		serving: 1, there: []int{1}, events: make(chan control.Event, 100), gone: make(chan struct{}),
		outcome: func(int) lifecycle.Outcome { return lifecycle.Promoted },
	}
}

func (s *supervisor) Status(context.Context) (control.Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	web := control.Service{Name: "web"}
	for _, n := range s.there {
		phase := "draining"
		if n == s.serving {
			phase = "serving"
		}
		web.Generations = append(web.Generations, control.Generation{Number: n, Phase: phase})
	}
	return control.Status{Services: []control.Service{web}}, nil
}

func (s *supervisor) tell(kind string, generation int, text string) {
	s.events <- control.Event{Time: time.Now(), Event: kind, Service: "web", Generation: generation, Text: text}
}

func (s *supervisor) Reload(ctx context.Context, names []string) ([]control.Result, error) {
	s.mu.Lock()
	old, next := s.serving, s.there[len(s.there)-1]+1
	s.mu.Unlock()
	s.tell("starting", next, "")
	if pause(ctx, 100*time.Millisecond) != nil {
		return nil, ctx.Err()
	}
	outcome := s.outcome(next)
	if outcome != lifecycle.Promoted {
		return []control.Result{{Service: names[0], Verdict: lifecycle.Verdict{Outcome: outcome, Generation: next, Serving: old, Reason: "why"}}}, nil
	}
	s.mu.Lock()
	s.serving, s.there = next, append(s.there, next)
	s.mu.Unlock()
	s.tell("ready", next, "notify")
	s.tell("serving", next, "")
	s.tell("draining", old, "")
	s.background.Go(func() {
		if s.forever || pause(context.Background(), 400*time.Millisecond) != nil {
			return
		}
		s.mu.Lock()
		s.there = s.there[1:]
		s.mu.Unlock()
		if !s.mute {
			s.tell("drained", old, "")
		}
	})
	return []control.Result{{Service: names[0], Verdict: lifecycle.Verdict{Outcome: outcome, Generation: next, Serving: next}}}, nil
}

func (s *supervisor) Events(ctx context.Context, _ []string, each func(control.Event) error) error {
	for {
		select {
		case e := <-s.events:
			if err := each(e); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		case <-s.gone:
			return nil
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// shooting fires a request each 10 ms, which takes 1 ms and ends as kind says.
func shooting(kind func(now time.Time) load.Kind) world {
	return world{
		survey: func(context.Context, []control.Socket, []string) ([]Way, []string, error) {
			return []Way{{load.HTTP, "tcp", "127.0.0.1:1", "/"}, {load.KeepaliveWatch, "tcp", "127.0.0.1:1", "/"}}, []string{"a note"}, nil
		},
		fire: func(ctx context.Context, c load.Config) error {
			for pause(ctx, 10*time.Millisecond) == nil {
				now := time.Now()
				r := load.Request{Start: now.Add(-time.Millisecond), Took: time.Millisecond, Kind: kind(now)}
				if r.Kind != load.OK {
					r.Err = fmt.Errorf("it is %s", r.Kind)
				}
				c.Each(r)
			}
			return nil
		},
	}
}

func well(time.Time) load.Kind { return load.OK }

func TestNothingFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupervisor()
		var said []string
		r, err := Run(t.Context(), Options{Supervisor: s, Service: "web", world: shooting(well), Progress: func(text string) { said = append(said, text) }})
		s.background.Wait()
		if err != nil {
			t.Fatal(err)
		}
		// 20 handoffs of 500 ms, 21 lulls of as much, 200 requests a second.
		want := fmt.Sprintf("0 of %s requests failed during 20 handoffs", grouped(r.Requests))
		if r.Answer != want || r.Requests < 4000 || r.Done != 20 || r.Failed != 0 || len(r.Advice) != 0 || r.Interrupted {
			t.Errorf("got %+v, want %s", r, want)
		}
		if r.Inside.Requests == 0 || r.Outside.Requests == 0 || r.Inside.Requests+r.Outside.Requests != r.Requests {
			t.Errorf("inside %+v, outside %+v of %d", r.Inside, r.Outside, r.Requests)
		}
		if r.Inside.Worst != ms(1) || r.Outside.P999 != ms(1) {
			t.Errorf("inside %+v, outside %+v", r.Inside, r.Outside)
		}
		for i, h := range r.Handoffs {
			if h.Ready-h.Asked != ms(100) || h.Drained-h.Draining != ms(400) || h.Requests == 0 || h.Generation != i+2 || h.ReadyBy != "notify" {
				t.Errorf("handoff %+v", h)
			}
		}
		if last := said[len(said)-1]; last != "handoff 20 of 20: ready in 100ms, drained in 400ms" {
			t.Errorf("said last: %s", last)
		}
	})
}

// Each failure is counted where it belongs.
func TestFailuresHaveTheirPhase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupervisor()
		begun := time.Now()
		// The first handoff is asked for after 500 ms, ready at 600, drained at 1000.
		kind := func(now time.Time) load.Kind {
			switch now.Sub(begun) {
			case 300 * time.Millisecond:
				return load.Wrong
			case 550 * time.Millisecond:
				return load.Status5xx
			case 800 * time.Millisecond:
				return load.EOF
			}
			return load.OK
		}
		r, err := Run(t.Context(), Options{Supervisor: s, Service: "web", Handoffs: 1, world: shooting(kind)})
		s.background.Wait()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range r.Failures {
			got = append(got, fmt.Sprintf("%d %s %s %s: %s", f.Count, f.Kind, f.Phase, f.where(), f.First))
		}
		want := `1 eof while the old one drained new connections: it is eof
1 eof while the old one drained kept connections: it is eof
1 5xx before ready new connections: it is 5xx
1 5xx before ready kept connections: it is 5xx
1 wrong between handoffs new connections: it is wrong
1 wrong between handoffs kept connections: it is wrong`
		if text := strings.Join(got, "\n"); text != want {
			t.Errorf("got\n%s\nwant\n%s", text, want)
		}
		if r.Failed != 6 || r.Handoffs[0].Failed != 4 || len(r.Advice) != 3 || r.Ways[0].Failed != 3 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestAHandoffThatFailsIsTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupervisor()
		s.outcome = func(generation int) lifecycle.Outcome {
			if generation == 4 {
				return lifecycle.NotReady
			}
			return lifecycle.Promoted
		}
		r, err := Run(t.Context(), Options{Supervisor: s, Service: "web", world: shooting(well)})
		s.background.Wait()
		if err != nil {
			t.Fatal(err)
		}
		if b := r.Broken(); b == nil || b.Number != 3 || b.Outcome != lifecycle.NotReady || r.Done != 2 || len(r.Handoffs) != 3 || !strings.HasSuffix(r.Answer, "during 2 handoffs of the 20 that were asked for") {
			t.Errorf("got %s, %+v", r.Answer, b)
		}
	})
}

// Ctrl-C during a drain that never ends.
func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupervisor()
		s.forever = true
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		r, err := Run(ctx, Options{Supervisor: s, Service: "web", world: shooting(well)})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Interrupted || r.Done != 0 || r.Broken() != nil || r.Requests < 5000 || len(r.Handoffs) != 1 {
			t.Errorf("got %+v", r)
		}
		if text := r.Handoffs[0].sentence(20); text != "handoff 1 of 20: interrupted" {
			t.Errorf("it says %q", text)
		}
	})
}

// Where events are missing, the status tells that the old generation is gone.
func TestAMissedEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupervisor()
		s.mute = true
		r, err := Run(t.Context(), Options{Supervisor: s, Service: "web", Handoffs: 3, world: shooting(well)})
		s.background.Wait()
		if err != nil || r.Done != 3 {
			t.Errorf("got %+v, %v", r, err)
		}
	})
}

func TestTheSupervisorEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupervisor()
		s.forever = true
		time.AfterFunc(3*time.Second, func() { close(s.gone) })
		_, err := Run(t.Context(), Options{Supervisor: s, Service: "web", world: shooting(well)})
		if !errors.Is(err, control.ErrNoSupervisor) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNothingToAsk(t *testing.T) {
	w := world{survey: func(context.Context, []control.Socket, []string) ([]Way, []string, error) { return nil, nil, nil }}
	var none *NoSocketError
	if _, err := Run(t.Context(), Options{Supervisor: newSupervisor(), Service: "web", world: w}); !errors.As(err, &none) || none.Hint() == "" {
		t.Errorf("got %v", err)
	}
	if _, err := Run(t.Context(), Options{Supervisor: newSupervisor(), Service: "wbe", world: w}); err == nil {
		t.Error("there is no such service")
	}
}

// A report of a run in which things failed, in all its forms.
func TestForms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupervisor()
		begun := time.Now()
		kind := func(now time.Time) load.Kind {
			if d := now.Sub(begun) % time.Second; d > 600*time.Millisecond && d < 650*time.Millisecond {
				return load.EOF
			}
			return load.OK
		}
		r, err := Run(t.Context(), Options{Supervisor: s, Service: "<web>", Handoffs: 2, world: shooting(kind)})
		if err == nil {
			t.Fatal("there is no service <web>")
		}
		r, err = Run(t.Context(), Options{Supervisor: s, Service: "web", Handoffs: 2, world: shooting(kind)})
		s.background.Wait()
		if err != nil {
			t.Fatal(err)
		}
		r.Notes = append(r.Notes, "</style><script>bad()</script>")
		var text, page bytes.Buffer
		if err := errors.Join(r.WriteText(&text), r.WriteHTML(&page)); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{r.Answer + "\n", "load", "http://127.0.0.1:1/, connections kept alive", "p99.9 1ms", "ready in 100ms, as notify told", "eof", "while the old one drained", "first eof: it is eof", "what to change\n  - ", "note: a note\n"} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("the text has no %q:\n%s", want, text.String())
			}
		}
		checkPage(t, page.String(), r)
		checkJSON(t, r)
	})
}

func checkJSON(t *testing.T, r Report) {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(text, &back); err != nil || back.Answer != r.Answer || len(back.Handoffs) != 2 || back.Failed != r.Failed {
		t.Errorf("%v: %s", err, text)
	}
	if strings.Contains(string(text), "null") {
		t.Errorf("a list is null in %s", text)
	}
}
