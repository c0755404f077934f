package load

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A recorder owns the Report while the workers send their results.
type recorder struct {
	begun    time.Time
	r        Report
	versions map[string]*Version
	seen     func(string)
	each     func(Request)
}

func newRecorder(seen func(string), each func(Request)) *recorder {
	if seen == nil {
		seen = func(string) {}
	}
	if each == nil {
		each = func(Request) {}
	}
	return &recorder{
		begun:    time.Now(),
		r:        Report{Failures: map[Kind]int64{}, First: map[Kind]string{}},
		versions: map[string]*Version{},
		seen:     seen,
		each:     each,
	}
}

func (rec *recorder) add(res result) {
	if errors.Is(res.err, errEnded) {
		rec.r.Ended++
		return
	}
	rec.r.Requests++
	rec.each(Request{Start: res.start, Took: res.took, Kind: kindOf(res.err), Err: res.err})
	if res.err != nil {
		rec.fail(res)
		return
	}
	rec.r.Latency.Add(res.took)
	rec.version(res)
}

func (rec *recorder) fail(res result) {
	kind := kindOf(res.err)
	rec.r.Failures[kind]++
	if rec.r.First[kind] == "" {
		at := res.start.Add(res.took)
		rec.r.First[kind] = fmt.Sprintf("at %s, %s after the start: %v",
			at.Format("15:04:05.000"), at.Sub(rec.begun).Round(time.Millisecond), res.err)
	}
}

// version keeps the extremes, since results of several workers arrive in any
// order.
func (rec *recorder) version(res result) {
	if res.version == "" {
		return
	}
	answered := res.start.Add(res.took)
	v := rec.versions[res.version]
	if v == nil {
		v = &Version{Name: res.version, First: answered, Last: res.start}
		rec.versions[res.version] = v
		rec.seen(res.version)
	}
	v.Count++
	if answered.Before(v.First) {
		v.First = answered
	}
	v.Last = latest(v.Last, res.start)
}

func (rec *recorder) report() Report {
	rec.r.Worst = rec.r.Latency.Max()
	for _, v := range rec.versions {
		rec.r.Versions = append(rec.r.Versions, *v)
	}
	slices.SortFunc(rec.r.Versions, func(a, b Version) int {
		return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Name, b.Name))
	})
	return rec.r
}
