package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

var (
	everyFault = flag.Bool("faults", false, "have every use of every system call fail, not only some")
	onlyFault  = flag.String("fault", "", "have the uses fail of those system calls alone whose name matches this `regexp`")
)

// A handoff that is walked through: what is run, under which load, and what asks for it.
type handoffWalk struct {
	name  string
	more  string // of the config
	shell bool   // a shell runs the service, and ends before it
	load  load.Config
	ask   string   // the verb
	brief []string // what fails, once, if not everything is to
}

var (
	lightLoad = load.Config{Load: load.HTTP, Workers: 2, Rate: 100}
	slowLoad  = load.Config{Load: load.Slow, Path: "/slow?d=300ms", Workers: 4, Rate: 10}
)

var handoffWalks = []handoffWalk{
	{name: "reload", load: lightLoad, ask: "reload", brief: []string{
		"accept4", "epoll_ctl", "socket", "setsockopt", "bind", "fchmodat", "recvmsg", "clone", "child",
		"write /", "renameat2", "pidfd_open", "unlinkat",
	}},
	// What the shell leaves when it ends has requests under way.
	{name: "shell", load: slowLoad, shell: true, ask: "reload", brief: []string{"eventfd2", "pidfd_open"}},
	{name: "upgrade", load: lightLoad, ask: "upgrade", brief: []string{"sendmsg", "child recvmsg"}},
}

// deadlines bound a handoff in which something is lost.
const deadlines = "[services.web.ready]\ntimeout = \"10s\"\n[services.web.drain]\ntimeout = \"10s\"\n"

// A faulty is a supervisor whose system calls can be made to fail.
type faulty struct {
	*upgradable
	handoff  string // the verb
	load     load.Config
	injector *injector
	rest     figures
}

// startFaulty returns when the second generation serves alone: what the first handoff
// opens for good is open then.
func startFaulty(t *testing.T, w handoffWalk) *faulty {
	t.Helper()
	s := &faulty{handoff: w.ask, load: w.load}
	t.Cleanup(func() {
		if s.injector != nil {
			<-s.injector.done // nothing is left that could make a call
		}
	})
	s.load.Address = freeAddress(t, "http")
	c := config{socket: "http", address: s.load.Address, more: w.more + deadlines}
	if w.shell {
		c.program = shortDir(t) + "/web"
		replaceFile(t, c.program, []byte("#!/bin/sh\nsh -c 'LISTEN_PID=$$ exec "+built(t, programs.service)+" \"$@\"' sh \"$@\" &\nwait\n"), 0o755)
	}
	s.upgradable = newUpgradable(t, c)
	s.launch = func(cmd *exec.Cmd) error {
		begun := filtered(t, cmd)
		if err := cmd.Start(); err != nil {
			return err
		}
		j, err := begun()
		s.injector = j
		return err
	}
	s.begins()
	for range 2 {
		s.hands()
		s.awaitRest(figures{descriptors: 1 << 20, processes: 4})
	}
	s.rest = s.figures()
	if w.ask == "upgrade" {
		// tableflip keeps a copy of what it was to pass on, until the next attempt.
		s.rest.descriptors += 2
	}
	return s
}

// hands wants a handoff with no fault to succeed.
func (s *faulty) hands() {
	s.t.Helper()
	if s.handoff == "upgrade" {
		former := s.pid
		s.upgrade()
		s.awaitGone(former)
		return
	}
	before := len(s.ready)
	if out, code := s.ask(s.handoff); code != 0 || !strings.Contains(out, "promoted") {
		s.t.Fatalf("%s: exit code %d: %s", s.handoff, code, out)
	}
	if len(s.ready) == before {
		s.awaitReady(before + 1)
	}
}

// awaitRest waits until there is one process of the service, and no more of anything
// else than at rest. It asks nothing of the supervisor.
func (s *faulty) awaitRest(rest figures) {
	s.t.Helper()
	s.awaitSettled(1)
	s.awaitFigures(rest)
}

// awaitGone waits for the end of a supervisor that another one has succeeded.
func (s *faulty) awaitGone(pid int) {
	s.t.Helper()
	s.poll("the end of the supervisor before", func() bool {
		state := statusField(pid, "State")
		return state == "" || strings.HasPrefix(state, "Z")
	})
}

// uses counts the uses of each point in one handoff.
func (s *faulty) uses() (order []string, uses map[string]int) {
	s.t.Helper()
	s.injector.arm(s.pid, fault{})
	s.hands()
	s.awaitRest(s.rest)
	s.injector.disarm()
	return s.injector.order, s.injector.uses
}

// survives hands off with a fault in it. Whatever comes of that, no request fails,
// nothing is left, the verdict is true, and the next handoff succeeds.
func (s *faulty) survives(f fault) {
	s.t.Helper()
	l := startLoad(s.t, s.load)
	before, mark := s.status(), s.output.mark()
	s.injector.arm(s.pid, f)
	began := time.Now()
	out, code := s.answerWithin(s.begin(s.handoff), 2*patience)
	took := time.Since(began)
	s.awaitSettled(1)
	if said := takenOver.FindStringSubmatch(out); said != nil {
		s.pid, _ = strconv.Atoi(said[1])
		s.exited = nil
		s.awaitGone(before.PID) // what it calls until then belongs to the handoff
		if strings.HasPrefix(f.point, "unlinkat ") {
			// What could not be removed is there still, and empty.
			os.RemoveAll(filepath.Join(filepath.Dir(s.config), fmt.Sprintf("control.notify.%d", before.PID)))
		}
	}
	if s.handoff == "reload" || code != unanswered {
		s.awaitRest(s.rest)
	}
	struck := s.injector.disarm()
	after := s.status()
	if after.PID != s.pid {
		s.pid, s.exited = after.PID, nil
	}
	s.awaitRest(s.rest)
	s.hands()
	s.awaitRest(s.rest)
	r := l.quiet()
	was, is := before.Services[0].serving(), after.Services[0].serving()
	if s.handoff == "upgrade" {
		was, is = before.PID, after.PID
	}
	problem := func(format string, args ...any) {
		s.t.Helper()
		s.t.Errorf("%v: %s\n%s: exit code %d after %v: %s\nthe supervisor said:\n%s", f, fmt.Sprintf(format, args...), s.handoff, code, took, out, s.output.String()[mark:])
	}
	if r.Requests == 0 || r.Failed() != 0 {
		problem("%d of %d requests failed: %v", r.Failed(), r.Requests, r.Failures)
	}
	switch {
	case !struck:
		s.t.Logf("%v: it was not reached", f)
	case code == 0 && (is == was || is == 0):
		problem("%d is in service after %d, and the verdict was good", is, was)
	case code != 0 && code != unanswered && is != was:
		problem("%d is in service after %d, and the verdict was bad", is, was)
	case code != 0 && f.delay == 0 && !s.explained(f, out, s.output.String()[mark:]):
		problem("the verdict does not say why")
	case code != 0 && f.delay > 0:
		problem("what only came late was not waited for")
	}
}

// takenOver is what an upgrade says that went well.
var takenOver = regexp.MustCompile(`^upgraded: supervisor ([0-9]+) has taken over\n`)

// explained reports whether what was answered, or printed, says why a handoff has failed.
// A new supervisor that cannot speak to the one before prints it, the runtime of Go does
// so with the number alone, and tableflip without the error. Nor does tableflip look at
// the error of what it writes to its pipe: then the new one is waited for in vain.
func (s *faulty) explained(f fault, out, printed string) bool {
	why := []string{f.errno.Error(), "broke before its answer"}
	if s.handoff == "upgrade" {
		if strings.Contains(out, "its last words are where the output") {
			out += printed
			why = append(why, "fatal error: ", "couldn't determine initial working directory")
		}
		if strings.HasPrefix(f.point, "write pipe") {
			why = append(why, "it was not ready after")
		}
	}
	out = strings.ToLower(out) // the linker writes errors in capitals
	return slices.ContainsFunc(why, func(w string) bool { return strings.Contains(out, w) })
}

// unanswered is the exit code of a verb that lost the supervisor's answer.
const unanswered = 1

// Whichever system call of a handoff fails, nothing is lost.
func TestFaults(t *testing.T) {
	for _, w := range handoffWalks {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			w.walk(t)
		})
	}
}

// walks is how many supervisors share the faults of one handoff, if all are to be tried.
const walks = 4

func (w handoffWalk) walk(t *testing.T) {
	var faults []fault
	t.Run("count", func(t *testing.T) { faults = w.faults(t) })
	t.Logf("%d faults", len(faults))
	walks := walks
	if !*everyFault {
		walks = 1
	}
	for part := range walks {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			var own []fault
			for i, f := range faults {
				if i%walks == part {
					own = append(own, f)
				}
			}
			w.steps(t, own)
		})
	}
}

// steps goes on with a new supervisor after one that has failed.
func (w handoffWalk) steps(t *testing.T, faults []fault) {
	for len(faults) > 0 {
		t.Run(faults[0].point, func(t *testing.T) {
			s := startFaulty(t, w)
			for len(faults) > 0 && !t.Failed() {
				f := faults[0]
				faults = faults[1:]
				s.survives(f)
			}
			if !t.Failed() {
				s.end()
			}
		})
	}
}

func (w handoffWalk) briefly(point string) bool {
	return slices.ContainsFunc(w.brief, func(b string) bool { return strings.HasPrefix(point, b) })
}

// wantBrief wants the calls that fail in each test run to be made still: one that another
// has replaced has to be named anew, here and among those that are made to fail.
func (w handoffWalk) wantBrief(t *testing.T, points []string) {
	t.Helper()
	for _, b := range w.brief {
		if !slices.ContainsFunc(points, func(p string) bool { return strings.HasPrefix(p, b) }) {
			t.Errorf("no call is %q any more: %q", b, points)
		}
	}
}

// often is how many uses of one point fail: what is called once for each process of the
// machine is called very often.
const often = 12

func (w handoffWalk) faults(t *testing.T) (all []fault) {
	s := startFaulty(t, w)
	most := map[string]int{}
	var order []string
	rounds := 3
	if !*everyFault {
		rounds = 1
	}
	for range rounds {
		points, uses := s.uses()
		for _, p := range points {
			if most[p] == 0 {
				order = append(order, p)
			}
			most[p] = max(most[p], uses[p])
		}
	}
	w.wantBrief(t, order)
	only := regexp.MustCompile(*onlyFault)
	for _, p := range order {
		t.Logf("%4d %s", most[p], p)
		limit := often
		if !*everyFault && *onlyFault == "" {
			if limit = 1; !w.briefly(p) {
				continue
			}
		}
		if !only.MatchString(p) {
			continue
		}
		for nth := range min(most[p], limit) {
			all = append(all, fault{point: p, nth: nth + 1, errno: errnoOf(p)})
		}
		if *everyFault {
			all = append(all, fault{point: p, nth: 1, delay: late})
		}
	}
	s.end()
	return all
}

// late is by how much a call is late that is made in the end.
const late = 200 * time.Millisecond

func errnoOf(point string) unix.Errno {
	name, _, _ := strings.Cut(strings.TrimPrefix(point, "child "), " ")
	for _, c := range failing {
		if c.name == name {
			return c.errno
		}
	}
	return unix.EIO
}
