//go:build unix

package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// The contract holds for fakes, where time is virtual, and for real processes. A
// process behaves as its first argument says:
//
//	ready   says READY=1, and exits when asked to drain
//	never   says nothing, and exits when asked to drain
//	exit    exits at once
//	done    exits at once with exit code 0
//	deaf    says READY=1 and ignores being asked
//	mute    sends no message at all, as a service that knows nothing of us
//	store   leaves a descriptor named "kept", then says READY=1
//	testament  says READY=1, with STATUS=heir if it was given "kept"; when asked
//	        to drain leaves "kept" and exits
//	heir    says READY=1 if it was given "kept", else exits
//	pioneer leaves a descriptor named "kept" and says READY=1; exits if it was given one
//	hang    says READY=1 and nothing else to its watchdog
//
// and as a preflight or a check:
//
//	fine    exits with 0, if it was given nothing to listen on or to notify
//	refuse  says why not, and exits
//	stuck   says something, and does not end
//	ill     exits with an error
//	ailing  exits with 0 the first time that a process is checked
var contract = []struct {
	name string
	test func(*testing.T, *bed)
}{
	{"the successor is ready before the old one drains", testHandoff},
	{"a failed build changes nothing", testBuildFails},
	{"a successor that exits changes nothing", testExits},
	{"a successor that is never ready changes nothing", testNeverReady},
	{"a missing command changes nothing", testMissingCommand},
	{"a crash is followed by a restart", testCrash},
	{"a crash before the confirmation rolls back", testConfirm},
	{"requests at once share, and the last settings serve", testCoalesce},
	{"a request during a build cancels it", testSupersede},
	{"stop drains and leaves nothing", testStop},
	{"a drain has a deadline", testDeadline},
	{"kill ends at once", testKill},
	{"a generation has as many processes as workers", testWorkers},
	{"a stored descriptor reaches the next generation", testStore},
	{"what a process leaves with its last breath reaches the next one", testTestament},
	{"without sockets the old one goes first", testExclusive},
	{"an exclusive successor that fails brings the old one back", testRestore},
	{"a silent service counts as ready when it stays alive", testAlive},
	{"a watchdog that hears nothing ends the process", testWatchdog},
	{"a service that is removed drains", testRemove},
	{"what is unchanged is not handed off", testUnchanged},
	{"a rolling handoff replaces one worker after the other", testRolling},
	{"a rolling handoff that fails halfway brings back what it had replaced", testRollingFails},
	{"more and fewer workers, and a handoff keeps their number", testScale},
	{"a worker that does not come up leaves things as they were", testScaleFails},
	{"each service gets a worker more or less", testScaleAll},
	{"no more generations drain than may", testDrainMax},
	{"a program that has done its work is not started again", testOnce},
	{"a version that its preflight refuses gets no socket", testPreflight},
	{"a preflight that hangs is ended", testPreflightHangs},
	{"a request during a preflight ends it", testPreflightSupersede},
	{"a preflight comes before the old one goes first", testPreflightExclusive},
	{"a check that fails before the confirmation rolls back", testCheck},
	{"a check that passes until the end confirms", testCheckPasses},
	{"a canary that holds gets all connections", testCanary},
	{"a canary that fails leaves the old one as it was", testCanaryFails},
	{"a request during a canary ends it", testCanaryOvertaken},
	{"a rolling handoff begins with its canary", testCanaryRolling},
	{"a rollback goes back from artifact to artifact", testRollback},
	{"a rollback during a handoff goes back to what serves", testRollbackDuringHandoff},
	{"a rollback that fails changes nothing", testRollbackFails},
	{"without a build there is no rollback", testNoRollback},
	{"a rollback holds until a build is asked for", testRollbackHolds},
}

func TestContractWithFakes(t *testing.T) {
	for _, c := range contract {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newBed(t, newFakeWorld()).run(c.test) })
		})
	}
}

// bed runs one supervisor over some world.
type bed struct {
	*testing.T
	*Supervisor
	world  World
	builds chan build // how the coming builds end; empty: well
	mu     sync.Mutex
	log    []Report
	kept   []rebuild.Artifact // what was built, newest first
	back   string             // what was recorded as gone back to
	ended  chan struct{}
}

type build struct {
	hash string
	err  error
	hold bool // lasts until it is cancelled
}

func newBed(t *testing.T, w World) *bed {
	b := &bed{T: t, world: w, builds: make(chan build, 10), ended: make(chan struct{})}
	b.Supervisor = New(Options{World: scripted{w, b}, Observe: b.observe, Output: func(string, int) io.WriteCloser { return discard{} }})
	return b
}

func (b *bed) run(test func(*testing.T, *bed)) {
	go func() { defer close(b.ended); b.Supervisor.Run(context.Background()) }()
	defer func() { b.Kill(); <-b.ended }() // after a Fatal as well
	test(b.T, b)
}

// scripted has builds end as the test says.
type scripted struct {
	World
	b *bed
}

func (w scripted) Build(ctx context.Context, s Service, _ io.Writer) (rebuild.Artifact, error) {
	var next build
	select {
	case next = <-w.b.builds:
	default:
	}
	if next.hold {
		<-ctx.Done()
		return rebuild.Artifact{}, ctx.Err()
	}
	if next.hash != "" && next.err == nil {
		w.b.keep(next.hash)
	}
	return rebuild.Artifact{Hash: next.hash}, next.err
}

func (b *bed) observe(r Report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.log = append(b.log, r)
}

// history is what was reported, as "kind generation" words.
func (b *bed) history(kinds ...Kind) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var words []string
	for _, r := range b.log {
		for _, k := range kinds {
			if r.Kind == k {
				words = append(words, fmt.Sprintf("%s %d", r.Kind, r.Generation))
			}
		}
	}
	return strings.Join(words, ", ")
}

func spec(behaviour string) Service {
	return Service{
		Name: "web", Command: []string{"service"}, Args: []string{behaviour}, Overlap: true,
		Policy: lifecycle.Policy{ReadyTimeout: 20 * time.Second, DrainTimeout: 20 * time.Second},
		Ready:  Readiness{By: "notify", After: 100 * time.Millisecond},
		Signal: syscall.SIGTERM,
		Same:   func(Service) bool { return false },
		Build:  rebuild.Options{Command: "scripted"},
	}
}

// hand applies settings and waits for the verdict of a handoff.
func (b *bed) hand(s Service) lifecycle.Verdict {
	b.Helper()
	b.settle(s)
	return b.reload()[0]
}

func (b *bed) settle(all ...Service) []string {
	b.Helper()
	changed, err := b.Apply(b.Context(), all)
	if err != nil {
		b.Fatal(err)
	}
	return changed
}

func (b *bed) reload() []lifecycle.Verdict {
	b.Helper()
	verdicts, err := b.Reload(b.Context(), []string{"web"})
	if err != nil {
		b.Fatal(err)
	}
	return verdicts
}

func (b *bed) want(got lifecycle.Verdict, outcome lifecycle.Outcome, serving int) {
	b.Helper()
	if got.Outcome != outcome || got.Serving != serving {
		b.Fatalf("verdict %+v, want %q with generation %d in service", got, outcome, serving)
	}
}

// serving waits until generation n serves with all its processes ready, and
// nothing else is left of the service.
func (b *bed) serving(n int) Generation {
	b.Helper()
	var last []Snapshot
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); pause(b.Context(), 5*time.Millisecond) {
		last, _ = b.Snapshot(b.Context())
		if len(last) == 1 && len(last[0].Generations) == 1 {
			g := last[0].Generations[0]
			if g.Number == n && g.Phase == lifecycle.Serving && g.Processes[0].Phase == lifecycle.ProcReady {
				return g
			}
		}
	}
	b.Fatalf("generation %d does not serve alone: %+v\n%+v", n, last, b.log)
	return Generation{}
}

// child is the process of the newest generation, nil if none runs.
func (b *bed) child() (c Child) {
	b.ask(b.Context(), func() {
		v := b.services["web"]
		g := v.gens[v.state.Generations()[0].Number]
		for _, p := range g.procs {
			c = p.child
		}
	})
	return c
}

// after makes the process of the newest generation end, and waits until it has.
func (b *bed) after(end func(Child)) {
	b.Helper()
	former := b.child()
	end(former)
	b.until("the process ends", func() bool { return b.child() != former })
}

func (b *bed) until(what string, ok func() bool) {
	b.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); pause(b.Context(), 5*time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("never: %s\n%+v", what, b.log)
		}
	}
}

func testHandoff(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 2)
	b.serving(2)
	want := "ready 1, serving 1, ready 2, serving 2, draining 1, drained 1"
	if got := b.history(Ready, Serving, Draining, Drained); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func testBuildFails(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	b.builds <- build{err: errors.New("main.go:3:1: no")}
	v := b.hand(spec("ready"))
	b.want(v, lifecycle.BuildBroken, 1)
	if !strings.Contains(v.Reason, "main.go:3:1") {
		t.Errorf("reason %q", v.Reason)
	}
	all, _ := b.Snapshot(t.Context())
	if !all[0].Behind {
		t.Error("the status does not say that what serves is older than the source")
	}
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 3)
	if all, _ := b.Snapshot(t.Context()); all[0].Behind {
		t.Error("it is not behind any more")
	}
}

func testExits(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	v := b.hand(spec("exit"))
	b.want(v, lifecycle.Died, 1)
	if v.Reason != "exit status 3 before it was ready" {
		t.Errorf("reason %q", v.Reason)
	}
	b.serving(1)
}

func testNeverReady(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	late := spec("never")
	late.Policy.ReadyTimeout = 200 * time.Millisecond
	v := b.hand(late)
	b.want(v, lifecycle.NotReady, 1)
	if v.Reason != "not ready after 200ms" {
		t.Errorf("reason %q", v.Reason)
	}
	b.serving(1)
}

func testMissingCommand(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	missing := spec("ready")
	missing.Command = []string{"/no/such/program"}
	v := b.hand(missing)
	b.want(v, lifecycle.Died, 1)
	if !strings.Contains(v.Reason, "cannot start /no/such/program") {
		t.Errorf("reason %q", v.Reason)
	}
	b.serving(1)
}

func testCrash(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	for range 3 {
		b.serving(1)
		b.after(func(c Child) { c.Kill() })
	}
	b.serving(1)
	b.mu.Lock()
	defer b.mu.Unlock()
	var waits []time.Duration
	for _, r := range b.log {
		if r.Kind == Restarting {
			waits = append(waits, r.Took)
		}
	}
	if len(waits) < 2 || waits[0] != 100*time.Millisecond || waits[1] != 200*time.Millisecond {
		t.Errorf("waited %v, want nothing after the first crash, then 100ms, 200ms", waits)
	}
}

func testConfirm(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	doomed := spec("ready")
	doomed.Policy.Confirm = 15 * time.Second
	b.settle(doomed)
	verdict := make(chan lifecycle.Verdict)
	go func() { verdict <- b.reload()[0] }()
	b.until("it is to be confirmed", func() bool {
		all, _ := b.Snapshot(t.Context())
		return all[0].Generations[0].Phase == lifecycle.Confirming
	})
	b.child().Kill()
	b.want(<-verdict, lifecycle.RolledBack, 1)
	b.serving(1)
	if got := b.history(Draining); got != "" {
		t.Errorf("%s: the old one never left", got)
	}
	firm := spec("ready")
	firm.Policy.Confirm = 100 * time.Millisecond
	b.want(b.hand(firm), lifecycle.Promoted, 3)
}

func testCoalesce(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if v := b.reload()[0]; v.Decisive() != lifecycle.Promoted {
				t.Errorf("verdict %+v", v)
			}
		})
	}
	wg.Wait()
	all, _ := b.Snapshot(t.Context())
	n := all[0].Generations[0].Number
	b.serving(n)
	if n > 15 {
		t.Errorf("20 requests at once led to %d generations", n-1)
	}
}

func testSupersede(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	b.builds <- build{hold: true}
	first := make(chan lifecycle.Verdict)
	go func() { first <- b.reload()[0] }()
	b.until("the build runs", func() bool { return strings.HasSuffix(b.history(Building), "building 2") })
	b.want(b.reload()[0], lifecycle.Promoted, 3)
	v := <-first
	if v.Outcome != lifecycle.Superseded || v.Generation != 2 || v.By != 3 || v.Final != lifecycle.Promoted {
		t.Errorf("the first asker heard %+v", v)
	}
}

func testStop(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	b.Stop()
	<-b.ended
	if got := b.history(Draining, Drained, Killed); got != "draining 1, drained 1" {
		t.Error(got)
	}
	if _, err := b.Reload(t.Context(), []string{"web"}); !errors.Is(err, ErrEnded) {
		t.Errorf("a reload after the end: %v", err)
	}
}

func testDeadline(t *testing.T, b *bed) {
	deaf := spec("deaf")
	deaf.Policy.DrainTimeout = 200 * time.Millisecond
	b.want(b.hand(deaf), lifecycle.Promoted, 1)
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 2)
	b.serving(2)
	if got := b.history(Killed, Drained); got != "killed 1, drained 1" {
		t.Error(got)
	}
}

func testKill(t *testing.T, b *bed) {
	b.want(b.hand(spec("deaf")), lifecycle.Promoted, 1)
	b.Kill()
	<-b.ended
	if got := b.history(Killed); got != "killed 1" {
		t.Error(got)
	}
}

func testWorkers(t *testing.T, b *bed) {
	three := spec("ready")
	three.Policy.Workers = 3
	b.want(b.hand(three), lifecycle.Promoted, 1)
	if g := b.serving(1); len(g.Processes) != 3 {
		t.Fatalf("%d processes", len(g.Processes))
	}
	b.want(b.hand(three), lifecycle.Promoted, 2)
	if g := b.serving(2); len(g.Processes) != 3 {
		t.Errorf("%d processes", len(g.Processes))
	}
}

func testStore(t *testing.T, b *bed) {
	b.want(b.hand(spec("store")), lifecycle.Promoted, 1)
	b.want(b.hand(spec("heir")), lifecycle.Promoted, 2)
}

func testTestament(t *testing.T, b *bed) {
	b.want(b.hand(spec("testament")), lifecycle.Promoted, 1)
	b.after(func(c Child) { c.Signal(syscall.SIGTERM) })
	if g := b.serving(1); g.Status != "heir" {
		t.Errorf("its successor was given nothing: status %q", g.Status)
	}
}

func testExclusive(t *testing.T, b *bed) {
	alone := spec("ready")
	alone.Overlap = false
	b.want(b.hand(alone), lifecycle.Promoted, 1)
	b.want(b.hand(alone), lifecycle.Promoted, 2)
	b.serving(2)
	want := "ready 1, draining 1, drained 1, ready 2"
	if got := b.history(Ready, Draining, Drained); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func testRestore(t *testing.T, b *bed) {
	alone := spec("ready")
	alone.Overlap = false
	b.want(b.hand(alone), lifecycle.Promoted, 1)
	bad := spec("exit")
	bad.Overlap = false
	b.want(b.hand(bad), lifecycle.RolledBack, 3)
	b.serving(3)
}

func testAlive(t *testing.T, b *bed) {
	mute := spec("mute")
	mute.Ready.By = "auto"
	b.want(b.hand(mute), lifecycle.Promoted, 1)
	if g := b.serving(1); g.ReadyBy != "alive" {
		t.Errorf("ready by %q", g.ReadyBy)
	}
	if got := b.history(Notice); got != "notice 1" {
		t.Errorf("advice: %q", got)
	}
	speaks := spec("ready")
	speaks.Ready.By, speaks.Ready.After = "auto", time.Hour
	b.want(b.hand(speaks), lifecycle.Promoted, 2)
	if g := b.serving(2); g.ReadyBy != "notify" {
		t.Errorf("ready by %q", g.ReadyBy)
	}
}

func testWatchdog(t *testing.T, b *bed) {
	hang := spec("hang")
	hang.Policy.Watchdog = 100 * time.Millisecond
	b.want(b.hand(hang), lifecycle.Promoted, 1)
	b.until("the watchdog ends it", func() bool { return strings.HasPrefix(b.history(Killed, Crashed), "killed 1, crashed 1") })
}

func testRemove(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	b.settle()
	b.until("it is gone", func() bool {
		all, err := b.Snapshot(t.Context())
		return err == nil && len(all) == 0
	})
	// What comes back under the old name goes on counting.
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 2)
}

func testUnchanged(t *testing.T, b *bed) {
	b.builds <- build{hash: "a"}
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	b.builds <- build{hash: "a"}
	b.do(func() { b.request(b.services["web"], false) })
	b.until("it is found unchanged", func() bool { return b.history(Unchanged) == "unchanged 2" })
	b.builds <- build{hash: "b"}
	b.do(func() { b.request(b.services["web"], false) })
	b.serving(3)
}

// discard takes output that nobody reads.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Close() error                { return nil }

func testOnce(t *testing.T, b *bed) {
	once := spec("done")
	once.Policy.Once = true
	b.want(b.hand(once), lifecycle.Promoted, 1)
	all, _ := b.Snapshot(t.Context())
	if g := all[0].Generations[0]; g.Phase != lifecycle.Finished || len(g.Processes) > 0 {
		t.Errorf("generation %+v, want one that has finished", g)
	}
	once.Args = []string{"exit"}
	b.want(b.hand(once), lifecycle.Died, 1)
	once.Args = []string{"done"}
	b.want(b.hand(once), lifecycle.Promoted, 3)
	b.until("the third has finished as well", func() bool {
		return b.history(Finished, Crashed, Exited) == "finished 1, exited 2, finished 3"
	})
}
