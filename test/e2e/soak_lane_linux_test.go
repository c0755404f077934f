package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// A lane is one of the services of a soak, with the load on it.
type lane struct {
	*survivor
	name    string
	address string
	killed  int // of its workers
}

func newLane(t *testing.T, name, address string) *lane {
	t.Helper()
	l := &lane{survivor: &survivor{program: filepath.Join(shortDir(t), "web")}, name: name, address: address}
	l.link(t)
	return l
}

// config leaves the service all the time that it may need on a machine that is busy with
// other things. What says nothing must not be taken for ready, and an idle connection is
// not closed while its client is late: that client would lose a request.
func (l *lane) config(t *testing.T, roster string) string {
	t.Helper()
	section := "[services." + l.name + "."
	return config{
		socket: "http", as: l.name, address: l.address, program: l.program, hold: "200ms", linger: "1m",
		more: section + "ready]\nby = \"notify\"\ntimeout = \"5m\"\n" + section + "drain]\ntimeout = \"5m\"\n",
	}.service(t, l.name, roster)
}

// begin puts all kinds of load on the service.
func (l *lane) begin() {
	l.t.Helper()
	for _, c := range soakLoads {
		c.Address, c.Timeout = l.address, time.Minute
		l.loads = append(l.loads, startLoad(l.t, c))
	}
}

// putGood puts the good version in place, without a copy of it.
func (l *lane) putGood() { l.t.Helper(); l.remove(); l.link(l.t) }

func (l *lane) link(t *testing.T) {
	t.Helper()
	if err := os.Link(built(t, programs.service), l.program); err != nil {
		t.Fatal(err)
	}
}

func (l *lane) remove() {
	l.t.Helper()
	if err := os.Remove(l.program); err != nil && !os.IsNotExist(err) {
		l.t.Fatal(err)
	}
}

// count is how many processes have got ready.
func (l *lane) count() int { return len(l.readyOf[l.name]) }

func (l *lane) newest() string { return l.readyOf[l.name][l.count()-1] }

// process is the PID of the newest one.
func (l *lane) process() int {
	l.t.Helper()
	_, text, _ := strings.Cut(l.newest(), "/")
	pid, err := strconv.Atoi(text)
	if err != nil {
		l.t.Fatal(err)
	}
	return pid
}

// awaitSuccessor waits until a process has got ready after the first n, and the newest
// answers. In a burst of handoffs one may be the newest for too short a time to answer.
func (l *lane) awaitSuccessor(n int) {
	l.t.Helper()
	l.poll("an answer of the next process of "+l.name, func() bool {
		l.loads[0].catchUp()
		return l.count() > n && l.loads[0].answers[l.newest()]
	})
}

func (l *lane) catchUp() {
	for _, load := range l.loads {
		load.catchUp()
	}
}

// quiet ends the loads, and adds up what they report. No request may have failed but
// those in the hands of workers that were killed: a client has one at a time.
func (l *lane) quiet(totals []load.Report) {
	l.t.Helper()
	for i, running := range l.loads {
		r, c := running.quiet(), soakLoads[i]
		broken := r.Failures[load.Reset] + r.Failures[load.EOF]
		if r.Requests == 0 || r.Failed() > broken || broken > int64(l.killed*c.Workers) {
			l.t.Errorf("%s, %s: %d of %d requests failed%s; %d workers were killed, each with %d at most: %v",
				l.name, c.Load, r.Failed(), r.Requests, kinds(r.Failures), l.killed, c.Workers, r.First)
		}
		totals[i].Requests += r.Requests
		for kind, n := range r.Failures {
			if totals[i].Failures == nil {
				totals[i].Failures = map[load.Kind]int64{}
			}
			totals[i].Failures[kind] += n
		}
	}
}
