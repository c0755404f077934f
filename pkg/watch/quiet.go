package watch

import "time"

const (
	defaultQuiet = time.Millisecond
	longestQuiet = 250 * time.Millisecond
	longestHold  = 10  // times the limit
	mostPaths    = 100 // that count for the quiet time
	// stamina is how long changes may keep coming until batches get fewer. Whoever starts work on a batch can begin
	// anew for the next one, but not for ever.
	stamina = 2 * time.Second
)

// quiet decides when a batch closes.
//
//	          note                     closes() has passed
//	shut ────────────────▶ open ────────────────────────────▶ shut
//	                       └ note, hold: the deadline moves
//
// A streak outlasts the batch: it begins with the first change after a calm as long as the limit, so that a file that is
// written bit by bit makes ever fewer batches.
type quiet struct {
	base, limit time.Duration

	open   bool
	first  time.Time // event of the batch; valid while open
	last   time.Time // event of all
	streak time.Time // first event of the streak
	paths  int       // changed in the batch
	held   time.Time // not to close before, whatever else
}

// set sets the quiet time of one file; 0 is the default.
func (q *quiet) set(base time.Duration) {
	if base == 0 {
		base = defaultQuiet
	}
	q.base, q.limit = base, max(base, longestQuiet)
}

// note records a change at now, after which the batch has this many paths.
func (q *quiet) note(now time.Time, paths int) {
	if now.Sub(q.last) >= q.limit {
		q.streak = now
	}
	if !q.open {
		q.open, q.first = true, now
	}
	q.last, q.paths = now, paths
}

// hold puts off the end of the batch.
func (q *quiet) hold(until time.Time) { q.held = until }

// closes returns when the batch closes if nothing else happens.
func (q *quiet) closes() time.Time {
	d := max(q.base*time.Duration(min(q.paths, mostPaths)), (q.last.Sub(q.streak)-stamina)/2, q.base)
	at := q.last.Add(min(d, q.limit))
	if latest := q.latest(); at.After(latest) {
		at = latest
	}
	if at.Before(q.held) {
		return q.held
	}
	return at
}

// latest is when the batch closes even if it never gets quiet, but for what holds it.
func (q *quiet) latest() time.Time { return q.first.Add(longestHold * q.limit) }
