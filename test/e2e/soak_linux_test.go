package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

var (
	soakHandoffs = flag.Int("soak", 0, "how many `handoffs` the soak has; 0: none, if no time is given")
	soakTime     = flag.Duration("soak.time", 0, "how `long` the soak is, if its handoffs are not over before")
	soakSeed     = flag.Uint64("soak.seed", 0, "the `seed` of what happens in a soak; 0: another one each time")
)

// A soak is handoff after handoff, good and bad, under all kinds of load, with crashes
// of the service and of the supervisor between them.
type soak struct {
	*survivor
	address string
	random  *rand.Rand
	did     map[string]int // how often each thing happened
	steps   int            // things that happened
	handed  int            // handoffs, good and bad
	killed  int            // workers
	lives   []*life        // of supervisors; the last one lives
}

// life is what was seen of one supervisor, again and again when it was at rest.
type life struct {
	from        int // steps before it
	resident    []float64
	descriptors []float64
	threads     []float64
	goroutines  int // when it crashed; 0: it did not
}

var soakLoads = []load.Config{
	{Load: load.HTTP, Workers: 4, Rate: 60},
	{Load: load.Keepalive, Workers: 4, Rate: 60},
	{Load: load.H2C, Workers: 2, Rate: 20},
	{Load: load.Slow, Path: "/slow?d=300ms", Workers: 8, Rate: 10},
	{Load: load.Websocket, Workers: 4, Rate: 40},
}

// TestSoak is run by make soak and make soak-short. What every supervisor needs must be
// the same in the end as after its first handoffs, and no request may fail but those in
// the hands of a worker that was killed.
func TestSoak(t *testing.T) {
	if *soakHandoffs == 0 && *soakTime == 0 {
		t.Skip("takes long: make soak")
	}
	seed := *soakSeed
	for seed == 0 {
		seed = rand.Uint64()
	}
	fmt.Printf("soak: again with -soak.seed %d\n", seed)
	// What the race detector needs would hide what the supervisor does.
	programs.supervisor = sync.OnceValues(func() (string, error) { return goBuild(module + "/cmd/supervisor") })
	s := startSoak(t, seed)
	began := time.Now()
	done := func() float64 {
		part := 0.0
		if *soakHandoffs > 0 {
			part = float64(s.handed) / float64(*soakHandoffs)
		}
		if *soakTime > 0 {
			part = max(part, float64(time.Since(began))/float64(*soakTime))
		}
		return part
	}
	for next := soakLine; done() < 1 && !t.Failed(); {
		s.step(done())
		if s.handed >= next {
			s.line(time.Since(began))
			next += soakLine
		}
	}
	s.line(time.Since(began))
	s.finish()
}

// soakLine is after how many handoffs a line is printed, and weighing after how many
// steps the supervisor is weighed. It crashes after soakCrash steps, on average, and once
// halfway at least. What it needs is judged if it was weighed often enough: the heap of a
// Go program has its size only after some rounds of the garbage collector.
const (
	soakLine  = 50
	weighing  = 4
	soakCrash = 700
	enough    = 12
)

func startSoak(t *testing.T, seed uint64) *soak {
	t.Helper()
	s := &soak{
		survivor: &survivor{program: shortDir(t) + "/web"}, address: freeAddress(t, "http"),
		random: rand.New(rand.NewPCG(seed, 0)), did: map[string]int{},
	}
	s.install(t)
	s.upgradable = startUpgradable(t, config{socket: "http", address: s.address, program: s.program, hold: "200ms", more: "[services.web.ready]\ntimeout = \"20s\"\n"})
	for _, c := range soakLoads {
		c.Address = s.address
		s.loads = append(s.loads, startLoad(t, c))
	}
	s.lives = []*life{{}}
	s.good()
	return s
}

// step does one thing that the seed says, when a part of the soak is done.
func (s *soak) step(done float64) {
	s.t.Helper()
	n, crashes := s.random.IntN(100), s.random.IntN(soakCrash) == 0
	switch {
	case crashes && len(s.life().resident) >= enough || done > 0.5 && len(s.lives) == 1:
		s.did["supervisor crashed"]++
		s.crash()
	case n < 4:
		s.did["worker killed"]++
		s.killWorker()
	case n < 8:
		s.did["burst of HUPs"]++
		s.hangUps(2 + s.random.IntN(4))
	case n < 20:
		bad := badBuilds[s.random.IntN(len(badBuilds))]
		s.did[bad.name]++
		bad.put(s)
		s.reloads(4, bad.want)
		s.handed++
	default:
		s.did["good"]++
		s.good()
	}
	for _, l := range s.loads {
		l.catchUp()
	}
	if s.steps++; s.steps%weighing == 0 {
		s.weigh()
		return
	}
	s.awaitSettled(most)
}

var badBuilds = []struct {
	name string
	put  func(*soak)
	want string
}{
	{"exits", func(s *soak) { s.script("exit 1") }, "exit status 1"},
	{"missing", func(s *soak) { os.Remove(s.program) }, "no such file"},
	{"not executable", func(s *soak) { replaceFile(s.t, s.program, []byte("#!/bin/sh\n"), 0o644) }, "permission denied"},
	{"no program", func(s *soak) { replaceFile(s.t, s.program, []byte("\x7fELFnothing"), 0o755) }, "exec format error"},
	{"panics", func(s *soak) { s.faulty("-unready -panic 1ms") }, "exit status 2"},
}

// good is a handoff that succeeds.
func (s *soak) good() {
	s.t.Helper()
	s.puts()
	s.loads[0].awaitAnswer(s.newest())
	s.handed++
}

// hangUps asks faster than it can be done.
func (s *soak) hangUps(n int) {
	s.t.Helper()
	s.install(s.t)
	before := len(s.ready)
	for range n {
		s.signal(syscall.SIGHUP)
	}
	s.awaitReady(before + 1)
	s.good()
}

// killWorker returns when another one is there. What the one had in its hands is lost.
func (s *soak) killWorker() {
	s.t.Helper()
	s.install(s.t)
	before := len(s.ready)
	s.killed++
	s.kill(s.process(), syscall.SIGKILL)
	s.awaitReady(before + 1)
	s.loads[0].awaitAnswer(s.newest())
}

// crash ends the supervisor in the way that makes Go print where its goroutines are, and
// starts the next, which takes over. No request may be lost by that.
func (s *soak) crash() {
	s.t.Helper()
	s.awaitSettled(1)
	s.awaitServing()
	s.life().goroutines = s.goroutines(s.t)
	s.install(s.t)
	before := len(s.ready)
	s.run(s.bin, "run")
	s.pid = s.cmd.Process.Pid
	s.awaitReady(before + 1)
	s.await("the supervisor in charge", func() bool { return s.statusServing() })
	s.loads[0].awaitAnswer(s.newest())
	s.lives = append(s.lives, &life{from: s.steps})
}

// statusServing reports whether a supervisor answers, and something serves.
func (s *soak) statusServing() bool {
	s.t.Helper()
	out, code := s.ask("status", "--json")
	return code == 0 && strings.Contains(out, `"serving"`)
}

func (s *soak) life() *life { return s.lives[len(s.lives)-1] }

// weigh waits until one generation serves and nothing else is there.
func (s *soak) weigh() {
	s.t.Helper()
	s.awaitSettled(1)
	s.awaitServing()
	f, l := s.figures(), s.life()
	l.resident = append(l.resident, float64(residentSize(s.pid)))
	l.descriptors = append(l.descriptors, float64(f.descriptors))
	l.threads = append(l.threads, float64(f.threads))
	if f.zombies > 0 {
		s.t.Errorf("zombies after %d steps: %v\n%s", s.steps, f, f.belongings)
	}
}

// line prints what is now.
func (s *soak) line(after time.Duration) {
	s.t.Helper()
	f := s.figures()
	fmt.Printf("soak: %8s, %5d handoffs, %d supervisors: %.1f MiB, %v\n", after.Round(time.Second), s.handed, len(s.lives), float64(residentSize(s.pid))/(1<<20), f)
}

// finish prints what every life needed, and wants it to be flat.
func (s *soak) finish() {
	s.t.Helper()
	s.puts()
	s.awaitSettled(1)
	s.awaitServing()
	var requests, failed int64
	for i, l := range s.loads {
		r, c := l.quiet(), soakLoads[i]
		requests += r.Requests
		failed += r.Failed()
		fmt.Printf("soak: %-10s %8d requests, %d failed%s\n", c.Load, r.Requests, r.Failed(), kinds(r.Failures))
		// A client has one request at a time in the hands of a worker.
		broken := r.Failures[load.Reset] + r.Failures[load.EOF]
		if r.Requests == 0 || r.Failed() > broken || broken > int64(s.killed*c.Workers) {
			s.t.Errorf("%s: %d of %d requests failed; %d workers were killed, each with %d at most", c.Load, r.Failed(), r.Requests, s.killed, c.Workers)
		}
	}
	fmt.Printf("soak: %d steps, %d handoffs, %d of %d requests failed, %d workers were killed\n", s.steps, s.handed, failed, requests, s.killed)
	s.life().goroutines = s.goroutines(s.t)
	var happened []string
	for what, n := range s.did {
		happened = append(happened, fmt.Sprintf("%s %d", what, n))
	}
	slices.Sort(happened)
	fmt.Printf("soak: %s\n", strings.Join(happened, ", "))
	fmt.Println("soak: of each supervisor, the median of its first quarter and of its last:")
	for _, l := range s.lives {
		s.flat(l)
	}
}

// What may grow from the first quarter of a life to the last.
const (
	residentMay   = 1.10
	threadsMay    = 4
	goroutinesMay = 4
)

func (s *soak) flat(l *life) {
	s.t.Helper()
	n := len(l.resident)
	if n < 4 {
		return
	}
	rss, last := quarters(l.resident)
	fds, lastFDs := quarters(l.descriptors)
	threads, lastThreads := quarters(l.threads)
	fmt.Printf("soak: from step %5d, weighed %4d times: RSS %.1f to %.1f MiB (%+.1f %%), descriptors %.0f to %.0f, threads %.0f to %.0f, goroutines %d in the end\n",
		l.from, n, rss/(1<<20), last/(1<<20), 100*(last/rss-1), fds, lastFDs, threads, lastThreads, l.goroutines)
	if n < enough {
		return
	}
	if last > rss*residentMay || lastFDs > fds || lastThreads > threads+threadsMay {
		s.t.Errorf("a supervisor that began after %d steps needs more and more", l.from)
	}
	if least := s.leastGoroutines(); l.goroutines > least+goroutinesMay {
		s.t.Errorf("a supervisor that began after %d steps had %d goroutines in the end, another one %d", l.from, l.goroutines, least)
	}
}

func (s *soak) leastGoroutines() int {
	least := s.lives[0].goroutines
	for _, l := range s.lives {
		least = min(least, l.goroutines)
	}
	return least
}

func quarters(values []float64) (first, last float64) {
	quarter := max(len(values)/4, 1)
	return median(values[:quarter]), median(values[len(values)-quarter:])
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// residentSize is VmRSS, in bytes.
func residentSize(pid int) int64 {
	var kibibytes int64
	fmt.Sscanf(statusField(pid, "VmRSS"), "%d", &kibibytes)
	return kibibytes << 10
}
