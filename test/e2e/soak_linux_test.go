package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
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

// A soak is handoff after handoff, good and bad, of several services at the same time
// under all kinds of load, with crashes of the services and of the supervisor between
// them.
type soak struct {
	*upgradable
	lanes  []*lane
	random *rand.Rand
	did    map[string]int // how often each thing happened
	steps  int            // things that happened
	handed int            // handoffs, good and bad
	lives  []*life        // of supervisors; the last one lives

	handingOff int64 // the most that one of them had resident
}

var soakLoads = []load.Config{
	{Load: load.HTTP, Workers: 4, Rate: 40},
	{Load: load.Keepalive, Workers: 4, Rate: 40},
	{Load: load.H2C, Workers: 2, Rate: 10},
	{Load: load.Slow, Path: "/slow?d=300ms", Workers: 4, Rate: 5},
	{Load: load.Websocket, Workers: 2, Rate: 20},
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
	s.finish(time.Since(began))
}

const (
	// soakLanes is how many services there are.
	soakLanes = 4
	// soakLine is after how many handoffs a line is printed.
	soakLine = 100
	// soakCrash is after how many steps the supervisor crashes, on average. It does so
	// once halfway at least.
	soakCrash = 500
)

func startSoak(t *testing.T, seed uint64) *soak {
	t.Helper()
	s := &soak{random: rand.New(rand.NewPCG(seed, 0)), did: map[string]int{}, lives: []*life{{}}}
	roster := startRoster(t)
	var text strings.Builder
	for n := range soakLanes {
		l := newLane(t, fmt.Sprintf("web%d", n+1), freeAddress(t, "http"))
		text.WriteString(l.config(t, roster.listen(t, l.name)))
		s.lanes = append(s.lanes, l)
	}
	s.upgradable = newUpgradable(t, config{socket: "http", address: s.lanes[0].address, program: s.lanes[0].program})
	s.notices = roster.notices
	s.configure(text.String())
	for _, l := range s.lanes {
		l.upgradable = s.upgradable
	}
	s.begins()
	for _, l := range s.lanes {
		s.await(l.name, func() bool { return l.count() > 0 })
	}
	s.awaitRest()
	for _, l := range s.lanes {
		l.begin()
	}
	s.good()
	return s
}

// step does one thing that the seed says, when a part of the soak is done.
func (s *soak) step(done float64) {
	s.t.Helper()
	n, crashes := s.random.IntN(100), s.random.IntN(soakCrash) == 0
	switch {
	case crashes && len(s.life().weights) >= enough || done > 0.5 && len(s.lives) == 1:
		s.did["supervisor crashed"]++
		s.crash()
	case n < 4:
		s.did["worker killed"]++
		s.killWorker(s.lanes[s.random.IntN(len(s.lanes))])
	case n < 8:
		s.did["burst of HUPs"]++
		s.hangUps(2 + s.random.IntN(4))
	default:
		s.handOff(s.pick)
	}
	for _, l := range s.lanes {
		l.catchUp()
	}
	if s.steps++; s.weighs() {
		s.weigh()
	}
	s.awaitSettled(most * len(s.lanes) / 2)
}

// A version is what a service is handed off to.
type version struct {
	name string
	put  func(*lane)
	want string // of the verdict
}

var goodVersion = version{"good", (*lane).putGood, "promoted generation "}

var badVersions = []version{
	{"exits", func(l *lane) { l.script("exit 1") }, "exit status 1"},
	{"missing", (*lane).remove, "no such file"},
	{"not executable", func(l *lane) { replaceFile(l.t, l.program, []byte("#!/bin/sh\n"), 0o644) }, "permission denied"},
	{"no program", func(l *lane) { replaceFile(l.t, l.program, []byte("\x7fELFnothing"), 0o755) }, "exec format error"},
	{"panics", func(l *lane) { l.faulty("-unready -panic 1ms") }, "exit status 2"},
}

// pick takes a bad version one time of eight.
func (s *soak) pick() version {
	if s.random.IntN(8) == 0 {
		return badVersions[s.random.IntN(len(badVersions))]
	}
	return goodVersion
}

// good hands all services off to versions that are good.
func (s *soak) good() { s.t.Helper(); s.handOff(func() version { return goodVersion }) }

// handOff hands all services off at the same time, and wants the verdict of each.
func (s *soak) handOff(pick func() version) {
	s.t.Helper()
	picked := make([]version, len(s.lanes))
	before := make([]int, len(s.lanes))
	for i, l := range s.lanes {
		picked[i], before[i] = pick(), l.count()
		picked[i].put(l)
		s.did[picked[i].name]++
	}
	out, _ := s.ask("reload")
	verdicts := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(verdicts) != len(s.lanes) {
		s.t.Fatalf("reload: want the verdicts of %d services: %s", len(s.lanes), out)
	}
	for i, l := range s.lanes {
		if !strings.HasPrefix(verdicts[i], l.name+": ") || !strings.Contains(verdicts[i], picked[i].want) {
			s.t.Fatalf("reload of a version that is %q: want %q: %s", picked[i].name, picked[i].want, verdicts[i])
		}
		if picked[i].name == goodVersion.name {
			l.awaitSuccessor(before[i])
		}
	}
	s.handed += len(s.lanes)
	s.handingOff = max(s.handingOff, residentSize(s.pid))
}

// hangUps asks faster than it can be done.
func (s *soak) hangUps(n int) {
	s.t.Helper()
	before := make([]int, len(s.lanes))
	for i, l := range s.lanes {
		l.putGood()
		before[i] = l.count()
	}
	for range n {
		s.signal(syscall.SIGHUP)
	}
	for i, l := range s.lanes {
		l.awaitSuccessor(before[i])
	}
	s.good()
}

func (s *soak) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := syscall.Kill(s.pid, sig); err != nil {
		s.t.Fatal(err)
	}
}

// killWorker returns when another one is there. What the one had in its hands is lost.
func (s *soak) killWorker(l *lane) {
	s.t.Helper()
	l.putGood()
	before := l.count()
	l.killed++
	if err := syscall.Kill(l.process(), syscall.SIGKILL); err != nil {
		s.t.Fatal(err)
	}
	l.awaitSuccessor(before)
}

// crash ends the supervisor in the way that makes Go print where its goroutines are, and
// starts the next, which takes over. No request may be lost by that.
func (s *soak) crash() {
	s.t.Helper()
	before := make([]int, len(s.lanes))
	for i, l := range s.lanes {
		l.putGood()
		before[i] = l.count()
	}
	s.weigh()
	s.life().goroutines = s.goroutines(s.t)
	s.run(s.bin, "run")
	s.pid = s.cmd.Process.Pid
	for i, l := range s.lanes {
		l.awaitSuccessor(before[i])
	}
	s.poll("the supervisor in charge", func() bool { return s.statusServing() })
	s.lives = append(s.lives, &life{from: s.steps, after: s.handed})
}

// statusServing reports whether a supervisor answers, and something serves.
func (s *soak) statusServing() bool {
	s.t.Helper()
	out, code := s.ask("status", "--json")
	return code == 0 && strings.Contains(out, `"serving"`)
}

// awaitRest waits until one generation of each service serves and nothing else is under
// way.
func (s *soak) awaitRest() {
	s.t.Helper()
	s.awaitSettled(len(s.lanes))
	s.poll("one generation of each service", s.rests)
}

func (s *soak) rests() bool {
	s.t.Helper()
	busy := func(v serviceStatus) bool {
		return len(v.Generations) != 1 || v.Generations[0].Phase != "serving"
	}
	return s.live == len(s.lanes) && !slices.ContainsFunc(s.status().Services, busy)
}
