package load

import (
	"fmt"
	"strings"
	"time"
)

// A Report is what the clients saw.
type Report struct {
	Requests int64           // answered and failed
	Ended    int64           // held connections that the server ended without losing a request
	Failures map[Kind]int64  // never has OK
	First    map[Kind]string // the first failure of each kind, and when it was
	Worst    time.Duration   // of the requests that were answered
	Latency  Histogram       // of the requests that were answered
	Versions []Version       // in the order in which they first answered
}

// A Version is one of the texts that the service named itself by.
type Version struct {
	Name  string
	Count int64
	First time.Time // when its first answer arrived
	Last  time.Time // when the last of the requests that it answered was begun
}

// Failed is the number of failures of all kinds.
func (r Report) Failed() int64 {
	var n int64
	for _, k := range r.Failures {
		n += k
	}
	return n
}

// String is one line, and one more for each kind of failure.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d requests, %d failed, %d ended, %d versions, p50 %s, p99 %s, p99.9 %s, worst %s",
		r.Requests, r.Failed(), r.Ended, len(r.Versions), short(r.Latency.Quantile(0.5)),
		short(r.Latency.Quantile(0.99)), short(r.Latency.Quantile(0.999)), short(r.Worst))
	for _, k := range Failures() {
		if n := r.Failures[k]; n > 0 {
			fmt.Fprintf(&b, "\n%s: %d, first %s", k, n, r.First[k])
		}
	}
	return b.String()
}

func short(d time.Duration) time.Duration { return d.Round(time.Microsecond) }
