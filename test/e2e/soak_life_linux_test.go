package e2e

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// life is what was seen of one supervisor, again and again when it was at rest.
type life struct {
	from, after int // steps and handoffs before it
	weights     []weight
	goroutines  int // when it crashed
}

// weight is what a supervisor needs at rest.
type weight struct{ resident, descriptors, threads float64 }

// A supervisor is weighed after weighing steps, and more often in the beginning of its
// life. It is judged if it was weighed often enough.
const (
	weighing      = 20
	weighingYoung = 4
	steady        = 30 // looks
	enough        = 4
)

func (s *soak) life() *life { return s.lives[len(s.lives)-1] }

func (s *soak) weighs() bool {
	age := s.steps - s.life().from
	return age%weighing == 0 || age < weighing && age%weighingYoung == 0
}

// weigh waits until nothing is under way, and the supervisor has given back the memory
// that only the handoffs needed: what is left then is what it keeps.
func (s *soak) weigh() {
	s.t.Helper()
	s.awaitRest()
	s.awaitCalm()
	f := s.figures()
	s.life().weights = append(s.life().weights, weight{float64(residentSize(s.pid)), float64(f.descriptors), float64(f.threads)})
	if f.zombies > 0 {
		s.t.Errorf("zombies after %d steps: %v\n%s", s.steps, f, f.belongings)
	}
}

// awaitCalm waits until memory has been given back: what is left then is about half of
// what handoffs need.
func (s *soak) awaitCalm() {
	s.t.Helper()
	var last int64
	same := 0 // looks in a row: it takes some steps
	s.poll("memory given back", func() bool {
		now := residentSize(s.pid)
		if same++; now != last {
			last, same = now, 0
		}
		return now <= s.handingOff*3/4 && same >= steady
	})
}

// line prints what is now.
func (s *soak) line(after time.Duration) {
	s.t.Helper()
	f := s.figures()
	fmt.Printf("soak: %8s, %5d handoffs, %d supervisors: %.1f MiB, %v\n", after.Round(time.Second), s.handed, len(s.lives), float64(residentSize(s.pid))/(1<<20), f)
}

// finish prints what every life needed, and wants it to be flat.
func (s *soak) finish(after time.Duration) {
	s.t.Helper()
	s.good()
	s.weigh()
	s.line(after)
	totals := make([]load.Report, len(soakLoads))
	killed := 0
	for _, l := range s.lanes {
		l.quiet(totals)
		killed += l.killed
	}
	var requests, failed int64
	for i, r := range totals {
		requests += r.Requests
		failed += r.Failed()
		fmt.Printf("soak: %-10s %8d requests, %d failed%s\n", soakLoads[i].Load, r.Requests, r.Failed(), kinds(r.Failures))
	}
	fmt.Printf("soak: %d steps, %d handoffs, %d of %d requests failed, %d workers were killed\n", s.steps, s.handed, failed, requests, killed)
	s.life().goroutines = s.goroutines(s.t)
	var happened []string
	for what, n := range s.did {
		happened = append(happened, fmt.Sprintf("%s %d", what, n))
	}
	slices.Sort(happened)
	fmt.Printf("soak: %s\n", strings.Join(happened, ", "))
	fmt.Println("soak: of each supervisor, the least RSS of its first half and of its last, else the medians of its first quarter and of its last:")
	for i, l := range s.lives {
		end := s.handed
		if i+1 < len(s.lives) {
			end = s.lives[i+1].after
		}
		s.flat(l, end-l.after)
	}
}

// What may grow from the first quarter of a life to the last, which may be one look each:
// what is free in the heap lies in between what is not, a descriptor or two come and go,
// and there are more threads the busier the machine is, and none is given back.
const (
	residentMay    = 2 << 20
	descriptorsMay = 2
	threadsMay     = 24
	goroutinesMay  = 4
)

func (s *soak) flat(l *life, handoffs int) {
	s.t.Helper()
	rss, lastRSS := least(l.weights[:(len(l.weights)+1)/2]), least(l.weights[len(l.weights)/2:])
	fds, lastFDs := quarters(l.weights, func(w weight) float64 { return w.descriptors })
	threads, lastThreads := quarters(l.weights, func(w weight) float64 { return w.threads })
	fmt.Printf("soak: %5d handoffs, weighed %3d times: RSS %.1f to %.1f MiB (%+.1f %%), descriptors %.0f to %.0f, threads %.0f to %.0f, goroutines %d in the end\n",
		handoffs, len(l.weights), rss/(1<<20), lastRSS/(1<<20), 100*(lastRSS/rss-1), fds, lastFDs, threads, lastThreads, l.goroutines)
	if len(l.weights) >= enough && (lastRSS > rss+residentMay || lastFDs > fds+descriptorsMay || lastThreads > threads+threadsMay) {
		s.t.Errorf("the supervisor that began after %d steps needs more and more: %v", l.from, l.weights)
	}
	if fewest := s.fewestGoroutines(); l.goroutines > fewest+goroutinesMay {
		s.t.Errorf("the supervisor that began after %d steps had %d goroutines in the end, another one %d", l.from, l.goroutines, fewest)
	}
}

func (s *soak) fewestGoroutines() int {
	fewest := s.lives[0].goroutines
	for _, l := range s.lives {
		fewest = min(fewest, l.goroutines)
	}
	return fewest
}

// least is what was resident when most had been given back.
func least(weights []weight) float64 {
	lightest := weights[0].resident
	for _, w := range weights {
		lightest = min(lightest, w.resident)
	}
	return lightest
}

func quarters(weights []weight, of func(weight) float64) (first, last float64) {
	var values []float64
	for _, w := range weights {
		values = append(values, of(w))
	}
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
