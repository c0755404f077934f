//go:build unix

package handoff

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	maxState  = 4 << 20
	maxGiven  = 1 << 16
	maxSaid   = 64 << 10
	fdsAtOnce = 200 // Linux takes 253 in a message, others fewer bytes of control data
)

// line is between a process and its successor, a stream of
//
//	down: length of the state, number of descriptors (uint32 each, big endian)
//	      one byte for each fdsAtOnce descriptors, with them
//	      the state
//	      one byte more: end, I stay
//	up:   JSON objects of the type said, one a line
type line struct{ *net.UnixConn }

// said is what an heir says.
type said struct {
	PID    int    `json:"pid,omitempty"`
	Failed string `json:"failed,omitempty"`
	Hint   string `json:"hint,omitempty"`
	Code   int    `json:"code,omitempty"`
}

// newLine takes the descriptor out of f.
func newLine(f *os.File) (*line, error) {
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	u, ok := c.(*net.UnixConn)
	if !ok {
		c.Close()
		return nil, fmt.Errorf("%s is no unix socket", f.Name())
	}
	return &line{u}, nil
}

// newLines makes both ends.
func newLines() (ours *line, theirs *os.File, err error) {
	pair, err := socketpair()
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	theirs = os.NewFile(uintptr(pair[1]), lineName)
	if ours, err = newLine(os.NewFile(uintptr(pair[0]), lineName)); err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

// give sends a bequest. It blocks as long as nobody reads; Close ends that.
func (l *line) give(b Bequest) error {
	if len(b.State) > maxState || len(b.FDs) > maxGiven {
		return fmt.Errorf("cannot leave %d bytes and %d descriptors: at most %d and %d", len(b.State), len(b.FDs), maxState, maxGiven)
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(len(b.State)))
	head = binary.BigEndian.AppendUint32(head, uint32(len(b.FDs)))
	if _, err := l.Write(head); err != nil {
		return err
	}
	for fds := b.FDs; len(fds) > 0; {
		n := min(len(fds), fdsAtOnce)
		if _, _, err := l.WriteMsgUnix([]byte{0}, unix.UnixRights(fds[:n]...), nil); err != nil {
			return err
		}
		fds = fds[n:]
	}
	_, err := l.Write(b.State)
	return err
}

// take receives a bequest.
func (l *line) take(until time.Time) (b Bequest, err error) {
	l.SetReadDeadline(until)
	defer l.SetReadDeadline(time.Time{})
	var head [8]byte
	if _, err := io.ReadFull(l, head[:]); err != nil {
		return b, err
	}
	state, fds := binary.BigEndian.Uint32(head[:4]), binary.BigEndian.Uint32(head[4:])
	if state > maxState || fds > maxGiven {
		return b, fmt.Errorf("%d bytes and %d descriptors are announced: at most %d and %d", state, fds, maxState, maxGiven)
	}
	for len(b.FDs) < int(fds) {
		got, err := l.takeFDs()
		b.FDs = append(b.FDs, got...)
		if err != nil {
			closeAll(b.FDs)
			return Bequest{}, err
		}
	}
	b.State = make([]byte, state)
	if _, err := io.ReadFull(l, b.State); err != nil {
		closeAll(b.FDs)
		return Bequest{}, err
	}
	return b, nil
}

// takeFDs reads one byte, so that it never reads into what comes after.
func (l *line) takeFDs() ([]int, error) {
	oob := make([]byte, unix.CmsgSpace(4*fdsAtOnce))
	n, oobn, flags, _, err := l.ReadMsgUnix(make([]byte, 1), oob)
	if err != nil {
		return nil, err
	}
	m, err := parseControl(oob[:oobn])
	switch {
	case err != nil:
	case n == 0:
		err = io.ErrUnexpectedEOF
	case flags&unix.MSG_CTRUNC != 0:
		err = errors.New("not all of the descriptors arrived (raise limits.nofile or ulimit -n)")
	case len(m.FDs) == 0:
		err = errors.New("descriptors are missing")
	}
	return m.FDs, err
}

// recall says that the giver stays.
func (l *line) recall() {
	l.SetWriteDeadline(time.Now().Add(time.Second))
	l.Write([]byte{1})
}

// called waits for recall, and returns false if it cannot come any more.
func (l *line) called() bool {
	_, err := io.ReadFull(l, make([]byte, 1))
	return err == nil
}

// say never waits for a reader for long.
func (l *line) say(s said) error {
	const most = maxSaid / 8 // room for what JSON escapes
	s.Failed, s.Hint = s.Failed[:min(len(s.Failed), most)], s.Hint[:min(len(s.Hint), most)]
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	l.SetWriteDeadline(time.Now().Add(time.Second))
	_, err = l.Write(append(text, '\n'))
	return err
}

// hear reads what an heir says, to the end of the line or until it says what cannot
// be understood.
func (l *line) hear(heard func(said)) { readSaid(l, heard) }

func readSaid(r io.Reader, heard func(said)) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxSaid)
	for lines.Scan() {
		var s said
		if json.Unmarshal(lines.Bytes(), &s) != nil {
			return
		}
		heard(s)
	}
}
