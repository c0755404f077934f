package lifecycle

import "slices"

// State is what is known of one service. The zero State is a service that was
// never asked for. A State is a value: Next never changes the one it was given.
//
// Life of a generation, and the events that move it:
//
//	          Requested
//	              │
//	              ▼        Built          all Ready         confirmed
//	┌────────▶ Building ─────────▶ Starting ─────▶ Confirming ─────▶ Serving
//	│             │      ▲            │   (confirm > 0) │              │
//	│  Requested  │      │ old gone   │ Exited,         │ Exited,      │ successor
//	│  (cancels)  │      │            │ Expired         │ Checked: ill │ promoted,
//	└─────────────┤   Waiting         ▼                 ▼              │ Stop
//	              │  (exclusive)   Draining ◀──────────────────────────┘
//	  BuildFailed │                   │ all Exited
//	              ▼                   ▼
//	            gone                gone
//
// With Policy.Rolling it takes over one process after the other, in the place of
// Starting and Confirming above. Each that holds takes the place of one of the
// predecessor, and the next one starts when that is gone:
//
//	  Built     room for one        Ready        confirmed     all hold
//	─────▶ Replacing ────▶ Starting ────▶ Confirming ────▶ Replacing ────▶ Serving
//	           │              │               │
//	           ▼              ▼               ▼   Exited, Expired
//	        Yielding: those that hold serve until those that they replaced are back
//	           │
//	           ▼ none is needed any more, a successor is promoted, Stop
//	        Draining
//
// With Policy.Canary a generation that can run beside the one in service is tried
// first. Connections are steered to all of its processes, a share of them; or if the
// sockets are shared, so many processes are started that they are the share, and the
// rest after them:
//
//	  Built           Ready         time over, all well       all Ready
//	─────▶ Starting ────────▶ Trying ───────────────────▶ Starting ─────▶ Confirming, Serving
//	       (Sample)             │ Exited, Checked: ill,     (the rest, if any)
//	           │                │ Requested: flips back         │
//	           ▼                ▼                               ▼
//	        Draining ◀──────────┴───────────────────────────────┘
//
// A rolling one goes on from Trying by taking the places of as many as were tried.
//
// With Policy.Examine a generation is Examining after Built: it goes on to Starting
// when it may, and else it is gone. A Requested cancels that as it does a build.
//
// With Policy.Once a generation whose processes have all ended well is Finished: it
// stays in Serving's place, without processes, until a successor takes it.
//
// At most one generation is on its way in (Building … Confirming), at most one
// is serving, any number drain or yield. The serving one stays until its successor is
// promoted; only a service that cannot run twice at once (Exclusive) is stopped
// first, and then its artifact is started again if the new one fails.
type State struct {
	Last     int          // number of the newest generation; numbers are never reused
	LastProc int          // number of the newest process
	Incoming Generation   // the one on its way in; Number 0: none
	Serving  Generation   // Number 0: none
	Draining []Generation // those that yield as well
	Pending  Request      // what was asked for while Incoming was on its way
	Fallback Generation   // to be started again if an exclusive handoff fails; Number 0: none
	Owed     bool         // a forced request failed: the next artifact is handed off even if it is the one that serves
	Behind   bool         // what serves is older than what was last asked for
	Stopping bool
	Stopped  bool

	Staff
	Scaling Scaling
}

// Staff is where the number of workers comes from.
type Staff struct {
	Configured int // as the settings name it; 0: nothing was asked for yet
	Scale      int // what Scaled has asked for in its place; 0: as configured
}

// Phase is where a generation is in its life.
type Phase string

const (
	Building   Phase = "building"
	Examining  Phase = "preflight"
	Waiting    Phase = "waiting" // for an exclusive predecessor to be gone
	Starting   Phase = "starting"
	Trying     Phase = "canary" // it serves a share of the new connections
	Confirming Phase = "confirming"
	Replacing  Phase = "replacing" // waits for a process of its predecessor to make room
	Yielding   Phase = "yielding"  // it failed halfway, and serves until what it replaced is back
	Serving    Phase = "serving"
	Draining   Phase = "draining"
	Finished   Phase = "finished" // in Serving's place: all processes ended well, as Policy.Once expects
)

// Generation is one artifact with its processes.
type Generation struct {
	Number    int
	Origin    int // the generation whose artifact and settings it runs; its own number unless it restores one
	Phase     Phase
	Artifact  string // names the artifact by content; "" when contents cannot be compared
	Request   Request
	Exclusive bool // must not overlap with another generation
	Cancelled bool // its build was told to end because of a newer request
	Rolling   bool // takes over one process after the other
	Held      int  // how many of a rolling one have taken over
	Sample    int  // so many processes are to be there until its canary is over; 0: it has none, or had
	Tried     bool // its canary is over
	Checking  bool // a check is under way
	Confirmed bool // the time of its trial is over: the check under way is the last
	Procs     []Proc
}

// Proc is one process of a generation. A process that was started anew after a
// crash has a new ID in the same Slot, so that no event of the former touches it.
type Proc struct {
	ID      int
	Slot    int // from 0; no two have the same that are to stay
	Phase   ProcPhase
	Crashes int // in a row; decides how long the next start waits
}

// ProcPhase is where a process is in its life.
type ProcPhase string

const (
	ProcStarting ProcPhase = "starting"
	ProcReady    ProcPhase = "ready"
	ProcBackoff  ProcPhase = "backoff" // crashed; waits to be started again
	ProcStopping ProcPhase = "stopping"
)

// Request is one or more triggers, coalesced: the newest settings win, nobody
// who asked is forgotten.
type Request struct {
	Asked  bool
	Policy Policy
	Force  bool // hand off even if the artifact is the one that serves
	Askers []Asker

	Artifact string // an earlier one to go back to; "": what the build makes
	Overtook bool   // going back took the place of a build that was asked for
}

// Asker waits for a verdict.
type Asker struct {
	Ticket     Ticket
	Generation int  // the first generation that was to answer it
	Back       bool // asked to go back to an earlier artifact
}

// Ticket names whoever asked, to the performer of effects. 0 is nobody.
type Ticket int

func (s State) clone() State {
	s.Incoming = s.Incoming.clone()
	s.Serving = s.Serving.clone()
	s.Draining = slices.Clone(s.Draining)
	for i := range s.Draining {
		s.Draining[i] = s.Draining[i].clone()
	}
	s.Pending.Askers = slices.Clone(s.Pending.Askers)
	s.Fallback = s.Fallback.clone()
	s.Scaling.Askers = slices.Clone(s.Scaling.Askers)
	return s
}

func (g Generation) clone() Generation {
	g.Procs = slices.Clone(g.Procs)
	g.Request.Askers = slices.Clone(g.Request.Askers)
	return g
}

// Generations returns all that exist, the one on its way in first, the oldest
// drain last.
func (s State) Generations() []Generation {
	var all []Generation
	if s.Incoming.Number != 0 {
		all = append(all, s.Incoming)
	}
	if s.Serving.Number != 0 {
		all = append(all, s.Serving)
	}
	for _, g := range slices.Backward(s.Draining) {
		all = append(all, g)
	}
	return all
}

// Needs reports whether the artifact and settings of generation n may still be
// asked for.
func (s State) Needs(n int) bool {
	return n == s.Fallback.Origin || slices.ContainsFunc(s.Generations(), func(g Generation) bool {
		return g.Number == n || g.Origin == n
	})
}

// Ready reports whether all processes of the generation are, but for those that
// leave.
func (g Generation) Ready() bool {
	return g.active() > 0 && g.active() == g.ready()
}

// Leaving reports whether it drains, or some of its processes do.
func (g Generation) Leaving() bool {
	return slices.ContainsFunc(g.Procs, func(p Proc) bool { return p.Phase == ProcStopping })
}

// active counts the processes that are to stay.
func (g Generation) active() (n int) {
	for _, p := range g.Procs {
		if p.Phase != ProcStopping {
			n++
		}
	}
	return n
}

func (g Generation) ready() (n int) {
	for _, p := range g.Procs {
		if p.Phase == ProcReady {
			n++
		}
	}
	return n
}

// workers is how many there are to be.
func (g Generation) workers() int { return max(1, g.Request.Policy.Workers) }

// due is how many there are to be now, of one that does not roll.
func (g Generation) due() int {
	if g.Sample > 0 {
		return g.Sample
	}
	return g.workers()
}

func (g *Generation) proc(id int) *Proc {
	if i := slices.IndexFunc(g.Procs, func(p Proc) bool { return p.ID == id }); i >= 0 {
		return &g.Procs[i]
	}
	return nil
}

func (g *Generation) remove(id int) {
	g.Procs = slices.DeleteFunc(g.Procs, func(p Proc) bool { return p.ID == id })
}
