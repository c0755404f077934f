package terminal

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// device is what a screen is drawn on.
type device interface {
	Write(p []byte) (int, error)
	// SetWriteDeadline lets a Write that waits for the terminal fail.
	SetWriteDeadline(t time.Time) error
	size() (columns, rows int)
	// foreground reports whether what is at the bottom of the screen is ours.
	foreground() bool
}

type render = func(now time.Time, width int) (lines []string, again time.Duration)

const (
	// waiting is how many writes may wait for a terminal that takes nothing.
	waiting = 256
	// patience is how long somebody who writes waits for it, the first time: what
	// takes that long was stopped by Ctrl-S. Until it goes on, lines that find no
	// room are lost.
	patience = time.Second
	// together is how many bytes of waiting lines are written at once.
	together = 64 << 10
)

// screen draws lines that scroll above lines that change in place. One goroutine
// owns all of it, and alone waits for the terminal.
type screen struct {
	dev   device
	lines chan string
	live  chan render // has room for the newest
	calls chan func()
	quit  chan struct{}
	done  chan struct{}

	writing sync.Mutex // keeps the lines of those who write in their order
	stopped atomic.Bool
	lost    atomic.Int64

	// What follows belongs to the goroutine.
	render  render
	picture picture
	paused  bool // nothing is to stand at the bottom
	broken  bool // the terminal is gone
	clock   *time.Timer
}

func newScreen(dev device) *screen {
	s := &screen{
		dev: dev, lines: make(chan string, waiting), live: make(chan render, 1), calls: make(chan func()),
		quit: make(chan struct{}), done: make(chan struct{}), clock: time.NewTimer(time.Hour),
	}
	s.clock.Stop()
	go s.run()
	return s
}

// close shows what waits and takes away what changes. A terminal that is stopped is
// not waited for.
func (s *screen) close() {
	s.dev.SetWriteDeadline(time.Now().Add(patience))
	close(s.quit)
	<-s.done
}

// Write shows whole lines. It never fails: what nobody can see is lost.
func (s *screen) Write(p []byte) (int, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if text := clean(string(p)); !s.send(s.missing() + text) {
		s.lost.Add(1)
	}
	return len(p), nil
}

// missing takes the count of lost lines and says so in their place. Where there is
// no room for a line now, there is none for this.
func (s *screen) missing() string {
	if len(s.lines) == cap(s.lines) {
		return ""
	}
	n := s.lost.Swap(0)
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("… %d lines are missing here: the terminal was stopped …\n", n)
}

func (s *screen) send(text string) bool {
	select {
	case s.lines <- text:
		return true
	default:
	}
	if s.stopped.Load() {
		return false
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case s.lines <- text:
		return true
	case <-s.done:
		return true
	case <-late.C:
		s.stopped.Store(true)
		return false
	}
}

// Live says what stands at the bottom from now on: render returns the lines at a
// time for a width in columns, and after how long they will look different, 0 for
// never. It may be called at any time, so it must need nothing that can block. A
// nil render takes the lines away. In the background nothing is shown there.
func (s *screen) Live(render func(now time.Time, width int) (lines []string, again time.Duration)) {
	for {
		select {
		case s.live <- render:
			return
		case <-s.done:
			return
		default:
		}
		select {
		case <-s.live:
		default:
		}
	}
}

// do lets the goroutine call f and waits for it, but not for a stopped terminal.
func (s *screen) do(f func()) {
	late := time.NewTimer(patience)
	defer late.Stop()
	ran := make(chan struct{})
	select {
	case s.calls <- func() { defer close(ran); f() }:
	case <-s.done:
		return
	case <-late.C:
		return
	}
	select {
	case <-ran:
	case <-late.C:
	}
}

func (s *screen) run() {
	defer close(s.done)
	defer s.clock.Stop()
	for {
		var scrolled []byte
		select {
		case text := <-s.lines:
			scrolled = s.gather(text)
		case s.render = <-s.live:
		case <-s.clock.C:
		case f := <-s.calls:
			f()
		case <-s.quit:
			s.render = nil
			s.show(s.remaining())
			return
		}
		s.show(scrolled)
	}
}

// gather takes what waits behind text.
func (s *screen) gather(text string) []byte {
	s.stopped.Store(false)
	all := []byte(text)
	for len(all) < together {
		select {
		case text := <-s.lines:
			all = append(all, text...)
		default:
			return append(all, s.missing()...)
		}
	}
	return all
}

func (s *screen) remaining() (all []byte) {
	for {
		select {
		case text := <-s.lines:
			all = append(all, text...)
		default:
			return append(all, s.missing()...)
		}
	}
}

// show brings the screen up to date, and sets the clock for the next time.
func (s *screen) show(scrolled []byte) {
	columns, rows := s.dev.size()
	var next picture
	s.clock.Stop()
	if s.render != nil && !s.paused && !s.broken {
		lines, again := s.render(time.Now(), columns)
		if s.dev.foreground() {
			next = draw(lines, columns, rows)
		}
		if again > 0 {
			s.clock.Reset(again)
		}
	}
	s.write(s.picture.frame(scrolled, next, columns))
	s.picture = next
}

func (s *screen) write(frame []byte) {
	if s.broken || len(frame) == 0 {
		return
	}
	if _, err := s.dev.Write(frame); err != nil {
		s.broken = true
	}
}

// Clear empties the screen, but for what stands at the bottom.
func (s *screen) Clear() {
	s.do(func() {
		s.picture = picture{}
		s.write([]byte("\x1b[H\x1b[2J"))
	})
}

// pause takes away what stands at the bottom.
func (s *screen) pause() {
	s.do(func() {
		s.paused = true
		s.show(nil)
	})
}

// resume puts it back, wherever the cursor is by now.
func (s *screen) resume() {
	s.do(func() { s.paused, s.picture = false, picture{} })
}
