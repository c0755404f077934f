//go:build unix

package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

func (b *bed) keep(hash string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = slices.DeleteFunc(b.kept, func(a rebuild.Artifact) bool { return a.Hash == hash })
	b.kept = slices.Insert(b.kept, 0, rebuild.Artifact{Hash: hash, Built: time.Now()})
}

func (w scripted) Artifacts(Service) ([]rebuild.Artifact, error) {
	w.b.mu.Lock()
	defer w.b.mu.Unlock()
	return slices.Clone(w.b.kept), nil
}

func (w scripted) Artifact(_ Service, hash string) (rebuild.Artifact, error) {
	all, _ := w.Artifacts(Service{})
	for _, a := range all {
		if a.Hash == hash {
			return a, nil
		}
	}
	return rebuild.Artifact{}, os.ErrNotExist
}

func (w scripted) Record(_ Service, r Record) error {
	w.b.mu.Lock()
	defer w.b.mu.Unlock()
	w.b.back = r.Back
	for i := range w.b.kept {
		switch w.b.kept[i].Hash {
		case r.Served:
			w.b.kept[i].Served = r.At
		case r.Withdrawn:
			w.b.kept[i].Served = time.Time{}
		}
	}
	return nil
}

func (w scripted) Back(Service) string {
	w.b.mu.Lock()
	defer w.b.mu.Unlock()
	return w.b.back
}

// builds hands over what the build makes.
func (b *bed) handBuilt(hash string, s Service) lifecycle.Verdict {
	b.Helper()
	b.builds <- build{hash: hash}
	return b.hand(s)
}

func (b *bed) rollback() lifecycle.Verdict {
	b.Helper()
	v, err := b.Rollback(b.Context(), "web")
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// filed waits until what serves is on record.
func (b *bed) filed() {
	b.Helper()
	var filed chan struct{}
	b.ask(b.Context(), func() { filed = b.services["web"].filed })
	if filed != nil {
		<-filed
	}
}

// runs waits until generation n serves alone, with that artifact.
func (b *bed) runs(n int, artifact string) {
	b.Helper()
	if g := b.serving(n); g.Artifact != artifact {
		b.Errorf("generation %d runs artifact %q, want %q", n, g.Artifact, artifact)
	}
}

func testRollback(t *testing.T, b *bed) {
	b.want(b.handBuilt("a", spec("ready")), lifecycle.Promoted, 1)
	b.want(b.handBuilt("b", spec("ready")), lifecycle.Promoted, 2)
	b.want(b.handBuilt("bad", spec("exit")), lifecycle.Died, 2) // never served: not one to go back to
	b.want(b.handBuilt("c", spec("ready")), lifecycle.Promoted, 4)
	v := b.rollback()
	b.want(v, lifecycle.Promoted, 5)
	if v.Artifact != "b" || v.Reason != "rolled back to artifact b; the next reload or save builds the source again" {
		t.Errorf("verdict %+v", v)
	}
	b.runs(5, "b")
	if all, _ := b.Snapshot(t.Context()); !all[0].Behind {
		t.Error("the status does not say that what serves is older than the source")
	}
	// What was gone back from is not gone back to.
	b.want(b.rollback(), lifecycle.Promoted, 6)
	b.runs(6, "a")
	var none *NoRollbackError
	if v, err := b.Rollback(t.Context(), "web"); !errors.As(err, &none) || err.Error() != "cannot roll back web: there is no earlier artifact that has served" {
		t.Errorf("verdict %+v, error %v", v, err)
	}
	b.runs(6, "a")
	// A reload builds again.
	b.want(b.handBuilt("d", spec("ready")), lifecycle.Promoted, 7)
	b.want(b.rollback(), lifecycle.Promoted, 8)
	b.runs(8, "a")
	if got := b.history(Building, RollingBack); got != "building 1, building 2, building 3, building 4, rolling-back 5, rolling-back 6, building 7, rolling-back 8" {
		t.Error(got)
	}
}

func testRollbackDuringHandoff(t *testing.T, b *bed) {
	b.want(b.handBuilt("a", spec("ready")), lifecycle.Promoted, 1)
	b.want(b.handBuilt("b", spec("ready")), lifecycle.Promoted, 2)
	b.builds <- build{hold: true}
	reload := make(chan lifecycle.Verdict)
	go func() { reload <- b.reload()[0] }()
	b.until("the build runs", func() bool { return strings.HasSuffix(b.history(Building), "building 3") })
	b.want(b.rollback(), lifecycle.Unchanged, 2)
	v := <-reload
	if v.Decisive() != lifecycle.RolledBack || v.Outcome != lifecycle.Superseded || v.By != 4 {
		t.Errorf("the one who asked for the build heard %+v", v)
	}
	b.runs(2, "b")
	if all, _ := b.Snapshot(t.Context()); !all[0].Behind {
		t.Error("the status does not say that what serves is older than the source")
	}
	// One that starts already is finished first; then it goes back.
	slow := spec("ready")
	slow.Policy.Confirm = 300 * time.Millisecond
	b.builds <- build{hash: "c"}
	b.settle(slow)
	go func() { reload <- b.reload()[0] }()
	b.until("it is to be confirmed", func() bool {
		all, _ := b.Snapshot(t.Context())
		return all[0].Generations[0].Phase == lifecycle.Confirming
	})
	b.want(b.rollback(), lifecycle.Promoted, 6)
	b.want(<-reload, lifecycle.Promoted, 5)
	b.runs(6, "b")
}

func testRollbackFails(t *testing.T, b *bed) {
	b.want(b.handBuilt("a", spec("ready")), lifecycle.Promoted, 1)
	b.want(b.handBuilt("b", spec("ready")), lifecycle.Promoted, 2)
	b.settle(spec("exit"))
	b.want(b.rollback(), lifecycle.Died, 2)
	b.runs(2, "b")
	if all, _ := b.Snapshot(t.Context()); all[0].Behind {
		t.Error("what serves is still what was built last")
	}
	b.mu.Lock()
	b.kept[1].Hash = "gone" // after it was chosen, artifact "a" is no more
	b.mu.Unlock()
	wait := make(chan lifecycle.Verdict, 1)
	b.do(func() { b.requestFor(b.services["web"], "a", wait) })
	v := <-wait
	b.want(v, lifecycle.NotReady, 2)
	if v.Reason != "cannot go back to artifact a: file does not exist" {
		t.Errorf("reason %q", v.Reason)
	}
	b.runs(2, "b")
}

func testNoRollback(t *testing.T, b *bed) {
	plain := spec("ready")
	plain.Build = rebuild.Options{}
	b.want(b.hand(plain), lifecycle.Promoted, 1)
	for name, want := range map[string]string{
		"web":  "cannot roll back web: it has no build, so no earlier version of it is kept",
		"none": "cannot roll back none: it does not run",
	} {
		var none *NoRollbackError
		if _, err := b.Rollback(t.Context(), name); !errors.As(err, &none) || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	b.serving(1)
}

func testRollbackHolds(t *testing.T, b *bed) {
	b.want(b.handBuilt("a", spec("ready")), lifecycle.Promoted, 1)
	b.want(b.handBuilt("b", spec("ready")), lifecycle.Promoted, 2)
	b.want(b.rollback(), lifecycle.Promoted, 3)
	b.filed()
	start := func() lifecycle.Verdict {
		all, err := b.Start(t.Context(), []string{"web"})
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	again := func() {
		b.settle()
		b.until("it is gone", func() bool { all, err := b.Snapshot(t.Context()); return err == nil && len(all) == 0 })
		b.settle(spec("ready"))
	}
	again()
	v := start()
	b.want(v, lifecycle.Promoted, 4)
	if v.Artifact != "a" {
		t.Errorf("verdict %+v", v)
	}
	b.runs(4, "a")
	// If that artifact does not come to serve, the build is tried.
	again()
	b.mu.Lock()
	b.kept[1].Hash = "gone"
	b.mu.Unlock()
	b.builds <- build{hash: "c"}
	b.want(start(), lifecycle.Promoted, 6)
	b.runs(6, "c")
	b.filed()
	again()
	b.builds <- build{hash: "d"}
	b.want(start(), lifecycle.Promoted, 7)
	b.runs(7, "d")
}

// preflight is a service with one.
func preflightOf(as, behaviour string) Service {
	s := spec(behaviour)
	s.Preflight = []string{"service", as}
	s.Policy.Examine = true
	return s
}

func testPreflight(t *testing.T, b *bed) {
	b.want(b.hand(preflightOf("fine", "ready")), lifecycle.Promoted, 1)
	v := b.hand(preflightOf("refuse", "ready"))
	b.want(v, lifecycle.NotReady, 1)
	if v.Reason != "preflight service refuse: exit status 3: port is missing; giving up" {
		t.Errorf("reason %q", v.Reason)
	}
	b.serving(1)
	if got := b.history(Starting, Draining); got != "starting 1" {
		t.Errorf("%s: it was started", got)
	}
	if all, _ := b.Snapshot(t.Context()); !all[0].Behind {
		t.Error("the status does not say that what serves is older than the source")
	}
	b.want(b.hand(preflightOf("fine", "ready")), lifecycle.Promoted, 3)
}

func testPreflightHangs(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	stuck := preflightOf("stuck", "ready")
	stuck.Policy.ReadyTimeout = 200 * time.Millisecond
	v := b.hand(stuck)
	b.want(v, lifecycle.NotReady, 1)
	if v.Reason != "preflight service stuck: not done after 200ms: still thinking" {
		t.Errorf("reason %q", v.Reason)
	}
	b.serving(1)
}

func testPreflightSupersede(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	b.settle(preflightOf("stuck", "ready"))
	first := make(chan lifecycle.Verdict)
	go func() { first <- b.reload()[0] }()
	b.until("it is examined", func() bool {
		all, _ := b.Snapshot(t.Context())
		return all[0].Generations[0].Phase == lifecycle.Examining
	})
	b.want(b.hand(preflightOf("fine", "ready")), lifecycle.Promoted, 3)
	if v := <-first; v.Outcome != lifecycle.Superseded || v.By != 3 || v.Final != lifecycle.Promoted {
		t.Errorf("the first asker heard %+v", v)
	}
	// Nor does a stop wait for one.
	b.settle(preflightOf("stuck", "ready"))
	go func() { first <- b.reload()[0] }()
	b.until("it is examined", func() bool {
		all, _ := b.Snapshot(t.Context())
		return all[0].Generations[0].Phase == lifecycle.Examining
	})
	b.Stop()
	b.want(<-first, lifecycle.Ended, 3)
	<-b.ended
}

func testPreflightExclusive(t *testing.T, b *bed) {
	alone := func(s Service) Service { s.Overlap = false; return s }
	b.want(b.hand(alone(spec("ready"))), lifecycle.Promoted, 1)
	b.want(b.hand(alone(preflightOf("refuse", "ready"))), lifecycle.NotReady, 1)
	b.serving(1)
	if got := b.history(Draining); got != "" {
		t.Errorf("%s: it made room for a version that is refused", got)
	}
}

func checkedBy(as string) Service {
	s := spec("ready")
	s.Ready.Check, s.Ready.Exec = "exec", []string{"service", as}
	s.Policy.Check, s.Policy.Confirm = true, 300*time.Millisecond
	return s
}

func testCheck(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	for i, as := range []string{"ill", "ailing"} {
		s := checkedBy(as)
		s.Policy.Confirm = 15 * time.Second // there is time for a second check
		v := b.hand(s)
		b.want(v, lifecycle.RolledBack, 1)
		if v.Generation != i+2 || !strings.HasPrefix(v.Reason, "a check failed before it was confirmed: ") || !strings.HasSuffix(v.Reason, "exit status 3: I am ill") {
			t.Errorf("%s: %+v", as, v)
		}
		b.serving(1)
	}
	if got := b.history(Draining); got != "draining 2, draining 3" {
		t.Errorf("%s: the old one never leaves", got)
	}
}

func testCheckPasses(t *testing.T, b *bed) {
	b.want(b.hand(checkedBy("ill")), lifecycle.Promoted, 1) // there is nothing to go back to
	b.want(b.hand(checkedBy("fine")), lifecycle.Promoted, 2)
	b.serving(2)
}

// The check of a service that is to end is not waited for.
func TestStopDuringCheck(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		b.Supervisor.world = slowCheck{b.Supervisor.world}
		b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
		began := time.Now()
		b.settle(checkedBy("fine"))
		verdict := make(chan lifecycle.Verdict)
		go func() { verdict <- b.reload()[0] }()
		b.until("it is to be confirmed", func() bool {
			all, _ := b.Snapshot(t.Context())
			return all[0].Generations[0].Phase == lifecycle.Confirming
		})
		b.Stop()
		b.want(<-verdict, lifecycle.Ended, 1)
		<-b.ended
		if took := time.Since(began); took >= spec("ready").Policy.ReadyTimeout { // of virtual time
			t.Errorf("the end took %v", took)
		}
	})
}

// slowCheck gives no answer.
type slowCheck struct{ World }

func (slowCheck) Check(ctx context.Context, _ Service, _ []Child) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// A check without an answer in time has failed, although the time of the confirmation
// is over by then.
func TestCheckWithoutAnswer(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		b.Supervisor.world = slowCheck{b.Supervisor.world}
		b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
		v := b.hand(checkedBy("fine"))
		b.want(v, lifecycle.RolledBack, 1)
		if want := fmt.Sprintf("a check failed before it was confirmed: no good answer within %v", spec("ready").Policy.ReadyTimeout); v.Reason != want {
			t.Errorf("reason %q", v.Reason)
		}
	})
}
