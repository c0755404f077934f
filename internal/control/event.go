package control

import (
	"slices"
	"time"
)

// Event is one line of a stream: something that happened, or a line that was printed.
// Its fields are those of the log in JSON; docs/api.md tells what each one means.
type Event struct {
	Time       time.Time `json:"time,omitzero"`
	Event      string    `json:"event"`             // a kind of report, output, or one of the kinds below
	Message    string    `json:"message,omitempty"` // the same in words; for output, the line
	Service    string    `json:"service,omitempty"`
	Generation int       `json:"generation,omitempty"`
	PID        int       `json:"pid,omitempty"`
	Verdict    string    `json:"verdict,omitempty"` // how a handoff ended that this ends
	Serving    int       `json:"serving,omitempty"` // with a failure: the generation that serves
	Took       Millis    `json:"took_ms,omitempty"`
	Text       string    `json:"text,omitempty"`
	Err        string    `json:"error,omitempty"`
	Problems   []Problem `json:"problems,omitempty"`
	Missed     int       `json:"missed,omitempty"`  // events for which this client was too slow
	Results    []Result  `json:"results,omitempty"` // of a reload
	Refusal    *failure  `json:"refusal,omitempty"` // of a reload that came to nothing
}

// Problem is a place in a file that a compiler complained about.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
}

// The kinds of events that are about a stream itself. A stream that ends without one of
// the last four was cut off.
const (
	EventOutput    = "output"    // a line that a service or its build printed
	EventMissed    = "missed"    // here events are missing, since the client did not read them in time
	EventVerdicts  = "verdicts"  // the last of a reload
	EventRefused   = "refused"   // the last of a reload that came to nothing
	EventEnd       = "end"       // the last: the supervisor ends, or there is nothing more
	EventSucceeded = "succeeded" // the last: another supervisor has taken over; ask again, at the same place
)

// Filter says which events somebody wants.
type Filter struct {
	Services []string // none: all
	Reports  bool     // what happens, and what builds print
	Output   bool     // what services print
	Replay   bool     // first the last lines of each generation
}

func (f Filter) wants(e Event) bool {
	if len(f.Services) > 0 && e.Service != "" && !slices.Contains(f.Services, e.Service) {
		return false
	}
	if (e.Event == EventOutput || e.Event == EventMissed) && e.Generation != 0 {
		return f.Output
	}
	return f.Reports || f.Output && e.Event == EventOutput
}
