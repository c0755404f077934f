//go:build unix

package logger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/footprint"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
)

// name is what the program's own binary is executed as to be the logger.
const name = "supervisor-logger"

// masterFD is where the logger finds the socket to its supervisor.
const masterFD = 3

func init() {
	if os.Args[0] == name {
		os.Exit(work())
	}
}

const (
	chunk     = 64 << 10
	maxLine   = 256 << 10        // bytes; what is longer goes on in the next line
	lastTries = 10 * time.Second // for what cannot be written, when there is nothing else left to do
	passing   = 64               // chunks that may wait for the supervisor
)

// worker is the life of a logger.
type worker struct {
	end   chan struct{}  // closed when what is not written yet is given up
	gone  chan struct{}  // closed when the supervisor is
	pass  chan frame     // to the supervisor
	looks chan os.Signal // asks for a look at all files
	pipes sync.WaitGroup

	mu    sync.Mutex
	files map[string]*outlet // by path; "": standard error
}

// outlet is one place where lines go.
type outlet struct {
	*telemetry.Patient
	file *file // nil: standard error
}

func work() int {
	// It ends when nobody can write to it any more, and not before.
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE, syscall.SIGUSR2, syscall.SIGTTIN, syscall.SIGTTOU)
	footprint.Processors(false)
	footprint.Shed()
	f := os.NewFile(masterFD, "supervisor")
	c, err := net.FileConn(f)
	f.Close()
	if err != nil {
		return 1
	}
	w := &worker{end: make(chan struct{}), gone: make(chan struct{}), pass: make(chan frame, passing), looks: make(chan os.Signal, 1), files: map[string]*outlet{}}
	signal.Notify(w.looks, syscall.SIGUSR1)
	conn := c.(*net.UnixConn)
	go func() {
		for range w.looks {
			w.look()
		}
	}()
	go w.tell(conn)
	w.listen(conn)
	close(w.gone)
	w.pipes.Wait()
	w.finish()
	return 0
}

// listen does what the supervisor says until that is gone.
func (w *worker) listen(conn *net.UnixConn) {
	in := &rights{conn: conn}
	for {
		f, err := readFrame(in)
		if err != nil {
			return
		}
		switch f.kind {
		case reopen:
			// Not here: a file system that hangs must not keep us from listening.
			select {
			case w.looks <- syscall.SIGUSR1:
			default:
			}
		case attach:
			pipe, ok := in.take()
			var s Sink
			if ok && json.Unmarshal(f.text, &s) == nil {
				w.pipes.Go(func() { w.follow(f.pipe, os.NewFile(uintptr(pipe), "output"), s) })
			}
		}
	}
}

// tell passes frames on to the supervisor. One that does not read holds nobody up.
func (w *worker) tell(conn *net.UnixConn) {
	var b []byte
	for {
		select {
		case f := <-w.pass:
			b = f.append(b[:0])
			if _, err := conn.Write(b); err != nil {
				return
			}
		case <-w.gone:
			return
		}
	}
}

// look has all files opened again that are others now.
func (w *worker) look() {
	w.mu.Lock()
	all := slices.Collect(maps.Values(w.files))
	w.mu.Unlock()
	for _, o := range all {
		if o.file != nil {
			o.file.look()
		}
	}
}

func (w *worker) outlet(path string) *outlet {
	w.mu.Lock()
	defer w.mu.Unlock()
	o := w.files[path]
	if o == nil {
		o = &outlet{}
		if path == "" {
			o.Patient = telemetry.NewPatient(os.Stderr)
		} else {
			o.file = &file{path: path, tell: w.notice, end: w.end}
			o.Patient = telemetry.NewPatient(o.file)
		}
		w.files[path] = o
	}
	return o
}

func (w *worker) notice(text string) {
	select {
	case w.pass <- frame{kind: notice, text: []byte(text)}:
	default:
	}
}

// finish is the end: what can be written is.
func (w *worker) finish() {
	time.AfterFunc(lastTries, func() { close(w.end) })
	var closing sync.WaitGroup
	for _, o := range w.files {
		closing.Go(func() { o.Close(lastTries + 2*retry) })
	}
	closing.Wait()
}

// follow takes what a pipe brings, until nobody can write into it any more.
func (w *worker) follow(id uint32, pipe *os.File, s Sink) {
	defer pipe.Close()
	out := w.outlet(s.File)
	shape := newShape(s)
	var rest []byte
	lost := uint32(0)
	take := func(lines []byte) {
		out.Write(shape(lines))
		lost = w.passOn(id, lines, lost)
	}
	b := make([]byte, chunk)
	for {
		n, err := pipe.Read(b)
		whole := bytes.LastIndexByte(b[:n], '\n') + 1
		if whole > 0 {
			take(append(rest, b[:whole]...))
			rest = nil
		}
		rest = append(rest, b[whole:n]...)
		if len(rest) > maxLine || err != nil && len(rest) > 0 {
			take(append(rest, '\n'))
			rest = nil
		}
		if err != nil {
			break
		}
	}
	out.Flush(lastTries)
	select {
	case w.pass <- frame{kind: ended, pipe: id}:
	case <-w.gone:
	}
}

// passOn gives the supervisor a copy, if it takes it, and returns how many lines it has
// not taken since the last time.
func (w *worker) passOn(id uint32, lines []byte, lost uint32) uint32 {
	if lost > 0 {
		select {
		case w.pass <- frame{missed, id, []byte(fmt.Sprint(lost))}:
			lost = 0
		default:
		}
	}
	if lost == 0 {
		select {
		case w.pass <- frame{output, id, bytes.Clone(lines)}:
			return 0
		default:
		}
	}
	return lost + uint32(bytes.Count(lines, []byte("\n")))
}

// newShape returns what makes lines look as they are to. A file gets them as they are.
func newShape(s Sink) func([]byte) []byte {
	if s.File != "" {
		return func(lines []byte) []byte { return lines }
	}
	var made bytes.Buffer
	l := telemetry.New(telemetry.Options{Mode: s.Mode, Out: &made, Color: s.Color, Width: s.Width})
	out := l.Writer(s.Service, s.Generation)
	return func(lines []byte) []byte {
		made.Reset()
		out.Write(lines)
		return made.Bytes()
	}
}

// rights reads a stream on which descriptors come as well.
type rights struct {
	conn *net.UnixConn
	fds  []int
}

func (r *rights) Read(b []byte) (int, error) {
	oob := make([]byte, unix.CmsgSpace(4*8))
	n, oobn, _, _, err := r.conn.ReadMsgUnix(b, oob)
	if messages, bad := unix.ParseSocketControlMessage(oob[:oobn]); bad == nil {
		for _, m := range messages {
			if fds, bad := unix.ParseUnixRights(&m); bad == nil {
				r.fds = append(r.fds, fds...)
			}
		}
	}
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// take returns the next descriptor: it comes with the first byte of its frame.
func (r *rights) take() (int, bool) {
	if len(r.fds) == 0 {
		return -1, false
	}
	fd := r.fds[0]
	r.fds = r.fds[1:]
	return fd, true
}
