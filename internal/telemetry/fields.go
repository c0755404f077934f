package telemetry

import (
	"github.com/rs/zerolog"
)

// The fields of an event in JSON mode: one object a line, UTF-8. The names and
// their meaning stay; more may come, and readers should ignore what they do not
// know.
//
//	time        string  when it happened, RFC 3339 with milliseconds
//	level       string  info, warn or error
//	event       string  what happened: a kind of Report, or output for a line that a
//	                    service or its build printed
//	message     string  the same in words, for people; for output, the line
//	service     string  the service; absent if it concerns the supervisor
//	generation  number  the generation; absent if it concerns none, and for what a
//	                    build prints
//	pid         number  the process, where one is meant
//	verdict     string  how a handoff ended: promoted (this generation serves now),
//	                    unchanged, build failed, not ready, exited, rolled back;
//	                    absent if the event ends none
//	serving     number  with every verdict but promoted and unchanged: the
//	                    generation that serves, 0 for none
//	took_ms     number  with what ends a phase: how many milliseconds the phase took
//	text        string  the reason, the address, how readiness was seen
//	error       string  the error behind a failure
//	output      string  build-failed: what the compiler said, if it did not come as
//	                    output before
//	problems    array   build-failed: the places in files that the compiler complained
//	                    about, objects with file (as the compiler printed it), line
//	                    (from 1), column (from 1, in bytes; absent if unknown), message
//
// A phase is the time from building, starting, canary, draining or stopping to the next
// event of the same service and generation that has a took_ms.
const (
	fieldService    = "service"
	fieldGeneration = "generation"
	fieldEvent      = "event"
	fieldPID        = "pid"
	fieldVerdict    = "verdict"
	fieldServing    = "serving"
	fieldTook       = "took_ms"
	fieldText       = "text"
	fieldOutput     = "output"
	fieldError      = "error"
	fieldProblems   = "problems"
)

func details(e *zerolog.Event, r Report) {
	if r.PID != 0 {
		e.Int(fieldPID, r.PID)
	}
	if v := verdict(r.Kind); v != "" {
		e.Str(fieldVerdict, string(v))
	}
	if failure(r.Kind) {
		e.Int(fieldServing, r.Serving)
	}
	if r.Took != 0 {
		e.Float64(fieldTook, float64(r.Took.Microseconds())/1000)
	}
	switch {
	case r.Text == "" || r.Kind == Notice || r.Kind == Info:
	case r.Kind == BuildFailed:
		e.Str(fieldOutput, r.Text)
	default:
		e.Str(fieldText, r.Text)
	}
	if r.Err != nil {
		e.Str(fieldError, r.Err.Error())
	}
	if len(r.Problems) > 0 {
		e.Array(fieldProblems, problems(r.Problems))
	}
}
