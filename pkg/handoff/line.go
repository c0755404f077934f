package handoff

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
)

// Line is how a process speaks other than by its NOTIFY_SOCKET. Next and Close are
// those of a Receiver.
type Line interface {
	// Started says that the process has its ends, or never will: ours of them close.
	Started()
	// Next waits for a message; one goroutine at a time may call it. After an error,
	// or one bad message, there are no more.
	Next() (Message, error)
	// Alone says that all generations of the service before this one are gone. It may be
	// said more than once, and from any goroutine.
	Alone()
	// Close ends Next. It may come from any goroutine.
	Close() error
}

// speech is what one message looks like. It reads a bounded number of bytes at a
// time; an error is the end.
type speech func(*bufio.Reader) (Message, error)

// heard is a message that the kernel attests no sender of: whoever has the descriptor
// is the process, or was given it by it.
func heard(n Notice, err error) Message { return Message{UID: -1, Notice: n, Err: err} }

// pipeLine is a pipe, or a pair of sockets, whose other end the process has.
type pipeLine struct {
	ours   io.ReadCloser
	theirs []io.Closer
	held   io.Closer // closed when those before are gone; nil: nothing
	reader *bufio.Reader
	speech speech
	ended  bool
}

func newPipeLine(ours io.ReadCloser, s speech, theirs ...io.Closer) *pipeLine {
	return &pipeLine{ours: ours, theirs: theirs, reader: bufio.NewReader(ours), speech: s}
}

func (l *pipeLine) Started() {
	for _, f := range l.theirs {
		f.Close()
	}
	l.theirs = nil
}

func (l *pipeLine) Next() (Message, error) {
	if l.ended {
		return Message{}, net.ErrClosed
	}
	m, err := l.speech(l.reader)
	l.ended = err != nil || m.Err != nil
	if err != nil {
		return Message{}, net.ErrClosed
	}
	return m, nil
}

func (l *pipeLine) Alone() {
	if l.held != nil {
		l.held.Close()
	}
}

func (l *pipeLine) Close() error {
	l.Alone()
	return l.ours.Close()
}

// readyPipe is a pipe of which the process gets the write end.
func readyPipe(s speech) (l *pipeLine, theirs int, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, 0, err
	}
	// Fd makes the end of the process block, as programs expect.
	return newPipeLine(r, s, w), int(w.Fd()), nil
}

// skipLine reads to the end of a line that is too long.
func skipLine(r *bufio.Reader) error {
	for {
		_, err := r.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}
