//go:build unix

package logger

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// Supported says whether this platform has loggers.
const Supported = true

// Options are whom a Logger tells what it hears. Both may be called from any goroutine,
// and must not block.
type Options struct {
	Heard  func(service string, generation int, line string)
	Missed func(service string, generation int, lines int) // they were written, but not heard
	Notice func(text string)
}

// Logger is the supervisor's hold on the process.
type Logger struct {
	o    Options
	jobs sync.WaitGroup // the goroutine that follows the process

	mu      sync.Mutex // held for as long as a process takes to start
	conn    *net.UnixConn
	pid     int
	taps    map[uint32]*Tap
	last    uint32
	closing bool
	closed  chan struct{}
}

// New returns a Logger. Its process is started when there is something to do.
func New(o Options) *Logger {
	return &Logger{o: o, taps: map[uint32]*Tap{}, closed: make(chan struct{})}
}

// Tap is where one process prints.
type Tap struct {
	logger *Logger
	id     uint32
	sink   Sink
	write  *os.File
	read   *os.File // kept for a logger that has to follow this one
	done   chan struct{}
	once   sync.Once
}

// Attach returns where a process is to write what goes to s. A file that cannot be
// opened is an error here, before anything is started.
func (l *Logger) Attach(s Sink) (*Tap, error) {
	if s.File != "" {
		f, err := OpenFile(s.File)
		if err != nil {
			return nil, fmt.Errorf("cannot open the log file: %w", err)
		}
		f.Close()
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("cannot make a pipe for its output: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	t := &Tap{logger: l, id: l.last, sink: s, write: w, read: r, done: make(chan struct{})}
	if l.conn == nil {
		err = l.start()
	}
	if err == nil {
		// If it is gone by now, the one that follows it gets all taps.
		l.taps[t.id] = t
		l.send(t)
		return t, nil
	}
	r.Close()
	w.Close()
	return nil, err
}

// start has a process begin. It is called under the lock.
func (l *Logger) start() error {
	pair, err := socketpair()
	if err != nil {
		return fmt.Errorf("cannot start the logger: %w", err)
	}
	theirs, ours := os.NewFile(uintptr(pair[0]), "logger"), os.NewFile(uintptr(pair[1]), "logger")
	defer theirs.Close()
	defer ours.Close()
	c, err := net.FileConn(ours)
	if err != nil {
		return fmt.Errorf("cannot start the logger: %w", err)
	}
	cmd := proc.Again(name, theirs)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		c.Close()
		return fmt.Errorf("cannot start the logger: %w", err)
	}
	l.conn, l.pid = c.(*net.UnixConn), cmd.Process.Pid
	conn, began := l.conn, time.Now()
	l.jobs.Go(func() { l.hear(conn); l.follow(cmd, conn, began) })
	return nil
}

// socketpair keeps forks away until both ends close on exec: with a copy of one in another
// process neither end would learn that the other is gone.
func socketpair() ([2]int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(pair[0])
		unix.CloseOnExec(pair[1])
	}
	return pair, err
}

// send gives the process a pipe. It is called under the lock.
func (l *Logger) send(t *Tap) {
	text, err := json.Marshal(t.sink)
	if err != nil {
		return
	}
	raw, err := t.read.SyscallConn()
	if err != nil {
		return
	}
	// Fd would make the pipe block for both.
	raw.Control(func(fd uintptr) {
		l.conn.SetWriteDeadline(time.Now().Add(stuck))
		l.conn.WriteMsgUnix(frame{attach, t.id, text}.append(nil), unix.UnixRights(int(fd)), nil)
	})
}

// stuck is how long a logger may take to take a message. It reads all the time.
const stuck = 5 * time.Second

// hear takes what the process tells until it is gone.
func (l *Logger) hear(conn *net.UnixConn) {
	in := bufio.NewReaderSize(conn, chunk)
	for {
		f, err := readFrame(in)
		if err != nil {
			return
		}
		l.mu.Lock()
		t := l.taps[f.pipe]
		l.mu.Unlock()
		switch {
		case f.kind == notice:
			l.o.Notice(string(f.text))
		case t == nil:
		case f.kind == output:
			for line := range strings.Lines(string(f.text)) {
				l.o.Heard(t.sink.Service, t.sink.Generation, strings.TrimRight(line, "\r\n"))
			}
		case f.kind == missed:
			n, _ := strconv.Atoi(string(f.text))
			l.o.Missed(t.sink.Service, t.sink.Generation, n)
		case f.kind == ended:
			t.once.Do(func() { close(t.done) })
		}
	}
}

// follow sees the process to its end, and if that comes too early starts another one.
func (l *Logger) follow(cmd *exec.Cmd, conn *net.UnixConn, began time.Time) {
	cmd.Wait()
	conn.Close()
	if time.Since(began) < retry {
		select {
		case <-time.After(retry):
		case <-l.closed:
		}
	}
	for {
		l.mu.Lock()
		l.conn = nil
		if l.closing || len(l.taps) == 0 {
			l.mu.Unlock()
			return
		}
		err := l.start()
		if err == nil {
			for _, t := range l.taps {
				l.send(t)
			}
		}
		l.mu.Unlock()
		if err == nil {
			l.o.Notice(fmt.Sprintf("the logger was gone (%v), and was started again", cmd.ProcessState))
			return
		}
		l.o.Notice(err.Error())
		select {
		case <-time.After(retry):
		case <-l.closed:
		}
	}
}

// Reopen has files opened again whose path is another file by now, or none.
func (l *Logger) Reopen() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		l.conn.SetWriteDeadline(time.Now().Add(stuck))
		l.conn.Write(frame{kind: reopen}.append(nil))
	}
}

// farewell is how long the end waits for what is not written yet. The logger goes on by
// itself.
const farewell = 2 * time.Second

// Close leaves the process to itself: it ends when it has nothing to do any more. No
// Attach may follow.
func (l *Logger) Close() {
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		return
	}
	l.closing = true
	close(l.closed)
	conn := l.conn
	l.mu.Unlock()
	if conn == nil {
		l.jobs.Wait()
		return
	}
	conn.CloseWrite()
	ended := make(chan struct{})
	go func() { defer close(ended); l.jobs.Wait() }()
	select {
	case <-ended:
	case <-time.After(farewell):
		conn.Close()
	}
}

// FD is what the process gets as its output. It is good until Started.
func (t *Tap) FD() int { return int(t.write.Fd()) } // Fd makes it block, as programs expect

// Started is to be called when the process has its output, or never will.
func (t *Tap) Started() { t.write.Close() }

// Close is to be called when the process is gone. It returns when all that it printed is
// written, or after within: something that it left may go on writing, which is heard no
// more, but written.
func (t *Tap) Close(within time.Duration) {
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case <-t.done:
	case <-late.C:
	}
	t.logger.mu.Lock()
	delete(t.logger.taps, t.id)
	t.logger.mu.Unlock()
	t.read.Close()
}
