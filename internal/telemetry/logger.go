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
	Pretty  Mode = "pretty"  // for a reader: 12:01:07 web #7 built in 412ms
	Plain   Mode = "plain"   // the same for a log file: full time and level, never colours
	Journal Mode = "journal" // the same for systemd's journal: <6>web #7 built in 412ms
	JSON    Mode = "json"    // one object a line
)

// Options of a Logger. The zero value is pretty, without colours, to the standard
// output.
type Options struct {
	Mode   Mode
	Out    io.Writer
	Screen Screen // of Pretty only; instead of Out, for phases that are shown while they last
	Color  bool   // of Pretty only; see Colored
	// Heard, if set, is told each line of a Writer, shown or not. It must not block or
	// call back.
	Heard    func(service string, generation int, line string)
	Width    int      // of the column of names from the first line on, if Services do not tell
	Services []string // names to align from the first line on; others widen the column when they come
}

// Logger turns reports into lines. Its methods may be called from any goroutine;
// a line is never torn apart by another one.
type Logger struct {
	mode    Mode
	out     io.Writer
	screen  Screen   // nil: none
	journal *journal // nil: none; what out is then
	paint   paint
	heard   func(string, int, string)
	events  zerolog.Logger

	mu     sync.Mutex // held while a line is made and written
	width  int        // of the column of service names
	only   string     // the service whose output is shown; "": all
	phases phases
}

// New returns a Logger.
func New(o Options) *Logger {
	l := &Logger{mode: o.Mode, out: lossy{destination(o)}, heard: o.Heard}
	if l.heard == nil {
		l.heard = func(string, int, string) {}
	}
	if l.mode == "" {
		l.mode = Pretty
	}
	l.width = o.Width
	for _, s := range o.Services {
		l.width = max(l.width, len(s))
	}
	switch l.mode {
	case JSON:
		l.events = zerolog.New(l.out)
		return l
	case Journal:
		l.width = 0
		l.journal = &journal{out: l.out}
		l.out = l.journal
	case Pretty:
		l.screen, l.paint = o.Screen, paint(o.Color)
	}
	l.events = zerolog.New(l.console(l.mode))
	return l
}

// Console is f, with colours also on a Windows console.
func Console(f *os.File) io.Writer { return colorable.NewColorable(f) }

// destination is where lines go, with colours also on a Windows console.
func destination(o Options) io.Writer {
	pretty := o.Mode == Pretty || o.Mode == ""
	switch f, file := o.Out.(*os.File); {
	case pretty && o.Screen != nil:
		return o.Screen
	case o.Out == nil:
		return colorable.NewColorableStdout()
	case file && o.Color:
		return colorable.NewColorable(f)
	}
	return o.Out
}

// stamp is RFC 3339 with milliseconds, whatever zerolog is set to globally.
const stamp = "2006-01-02T15:04:05.000Z07:00"

// Report shows r. A Time of zero is now. A Took of zero is the time since the phase
// began that r ends. On a screen the beginning of a phase is no line of its own.
func (l *Logger) Report(r Report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Time.IsZero() {
		r.Time = time.Now()
	}
	l.widen(r.Service)
	before := l.phases
	now, took := before.after(r)
	l.phases = now
	if r.Took == 0 {
		r.Took = took
	}
	if l.screen != nil && !before.same(now) {
		l.live()
	}
	if l.screen == nil || !begins(r.Kind) {
		l.show(r)
	}
}

func (l *Logger) show(r Report) {
	e := l.event(level(r.Kind), r.Time, r.Service, r.Generation).Str(fieldEvent, r.Kind)
	if l.journal != nil {
		l.journal.level = priority(level(r.Kind), r.Kind)
	}
	if r.Kind == BuildFailed {
		l.compiler(r)
	}
	details(e, r)
	e.Msg(oneLine(phrase(r) + l.first(r)))
}

// first is what matters most of a failed build, where one line may be all that
// somebody searches for or is sent.
func (l *Logger) first(r Report) string {
	if r.Kind != BuildFailed || len(r.Problems) == 0 || l.mode != Plain && l.mode != Journal {
		return ""
	}
	said, _, _ := strings.Cut(r.Problems[0].String(), "\n")
	return ": " + said
}

// compiler shows what a compiler said, which readers and editors know how to read.
func (l *Logger) compiler(r Report) {
	said := strings.TrimRight(r.Text, "\r\n")
	switch {
	case l.mode == JSON:
		return
	case l.mode == Pretty && len(r.Problems) > 0:
		said = strings.TrimRight(l.transcript(r.Text, r.Problems), "\n")
	case said == "":
		// It was streamed as it came.
		return
	}
	if said != "" {
		io.WriteString(l.out, said+"\n")
	}
}

// widen makes the column of names wide enough. The journal has no columns.
func (l *Logger) widen(service string) {
	if l.mode != Journal {
		l.width = max(l.width, len(service))
	}
}

func (l *Logger) event(level zerolog.Level, at time.Time, service string, generation int) *zerolog.Event {
	l.widen(service)
	e := l.events.WithLevel(level).Str(zerolog.TimestampFieldName, at.Format(stamp))
	if service != "" {
		e.Str(fieldService, service)
	}
	if generation != 0 {
		e.Int(fieldGeneration, generation)
	}
	return e
}
