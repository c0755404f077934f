package telemetry

import (
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-colorable"
	"github.com/rs/zerolog"
)

// Mode is what the lines look like.
type Mode string

const (
	Pretty Mode = "pretty" // for a reader: 12:01:07 web #7 built in 412ms
	Plain  Mode = "plain"  // the same for a log file: full time and level, never colours
	JSON   Mode = "json"   // one object a line
)

// Options of a Logger. The zero value is pretty, without colours, to the standard
// output.
type Options struct {
	Mode     Mode
	Out      io.Writer
	Color    bool     // of Pretty only; see Colored
	Services []string // names to align from the first line on; others widen the column when they come
}

// Logger turns reports into lines. Its methods may be called from any goroutine;
// a line is never torn apart by another one.
type Logger struct {
	mode   Mode
	out    io.Writer
	events zerolog.Logger

	mu    sync.Mutex // held while a line is made and written
	width int        // of the column of service names
}

// New returns a Logger.
func New(o Options) *Logger {
	l := &Logger{mode: o.Mode, out: lossy{terminal(o)}}
	for _, s := range o.Services {
		l.width = max(l.width, len(s))
	}
	switch o.Mode {
	case JSON:
		l.events = zerolog.New(l.out)
	default:
		l.events = zerolog.New(l.console(o.Mode, o.Color))
	}
	return l
}

// terminal is where lines go, with colours also on a Windows console.
func terminal(o Options) io.Writer {
	switch f, file := o.Out.(*os.File); {
	case o.Out == nil:
		return colorable.NewColorableStdout()
	case file && o.Color:
		return colorable.NewColorable(f)
	}
	return o.Out
}

// stamp is RFC 3339 with milliseconds, whatever zerolog is set to globally.
const stamp = "2006-01-02T15:04:05.000Z07:00"

const (
	fieldService    = "service"
	fieldGeneration = "generation"
	fieldEvent      = "event"
	fieldPID        = "pid"
	fieldServing    = "serving"
	fieldTook       = "took_ms"
	fieldText       = "text"
	fieldOutput     = "output"
	fieldError      = "error"
)

// Report shows r. A Time of zero is now.
func (l *Logger) Report(r Report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Kind == BuildFailed && l.mode != JSON {
		l.asItIs(r.Text)
	}
	e := l.event(level(r.Kind), r.Time, r.Service, r.Generation).Str(fieldEvent, r.Kind)
	details(e, r)
	e.Msg(oneLine(phrase(r)))
}

// asItIs shows what a compiler said, which readers and editors know how to read.
func (l *Logger) asItIs(text string) {
	if text = strings.TrimRight(text, "\r\n"); text != "" {
		io.WriteString(l.out, text+"\n")
	}
}

func (l *Logger) event(level zerolog.Level, at time.Time, service string, generation int) *zerolog.Event {
	if at.IsZero() {
		at = time.Now()
	}
	l.width = max(l.width, len(service))
	e := l.events.WithLevel(level).Str(zerolog.TimestampFieldName, at.Format(stamp))
	if service != "" {
		e.Str(fieldService, service)
	}
	if generation != 0 {
		e.Int(fieldGeneration, generation)
	}
	return e
}

func details(e *zerolog.Event, r Report) {
	if r.PID != 0 {
		e.Int(fieldPID, r.PID)
	}
	if failure(r.Kind) {
		e.Int(fieldServing, r.Serving)
	}
	if r.Took != 0 {
		e.Float64(fieldTook, float64(r.Took.Microseconds())/1000)
	}
	switch {
	case r.Text == "" || r.Kind == Notice:
	case r.Kind == BuildFailed:
		e.Str(fieldOutput, r.Text)
	default:
		e.Str(fieldText, r.Text)
	}
	if r.Err != nil {
		e.Str(fieldError, r.Err.Error())
	}
}
