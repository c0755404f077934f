package handoff

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// pipeVersion is that of the messages. A field may be added within a version; who does
// not know it takes no notice.
const pipeVersion = 1

const (
	maxPipeMessage = 1 << 20 // bytes of a line
	maxPipeSockets = 512     // that a message may carry
)

// pipeMessage is one line of JSON on the pipe between a supervisor and a process of a
// service. docs/windows.md describes the exchange.
//
//	process                              supervisor
//	{"version":1}                  ──▶
//	                               ◀──   {"version":1,"pid":4711,"store":200,"sockets":[…]}
//	{"notify":"READY=1"}           ──▶
//	{"notify":"FDSTORE=1\nFDNAME=x","socket":{…}} ──▶
//	                               ◀──   {"kept":true}
//	                               ◀──   {"drain":true}
//
// It is of one kind: a greeting has a version, a notice a text, an order drain.
type pipeMessage struct {
	Version int          `json:"version,omitempty"`
	PID     int          `json:"pid,omitempty"`   // of the supervisor, for which sockets are to be duplicated
	Store   int          `json:"store,omitempty"` // how many sockets it keeps for the next generation
	Sockets []pipeSocket `json:"sockets,omitempty"`

	Notify string      `json:"notify,omitempty"` // as a datagram of sd_notify(3)
	Socket *pipeSocket `json:"socket,omitempty"` // comes with a notice of FDSTORE=1

	Kept  bool `json:"kept,omitempty"`  // the socket was taken: it can be closed
	Drain bool `json:"drain,omitempty"` // stop accepting, finish what there is, end
}

// pipeSocket is a socket on its way to another process.
type pipeSocket struct {
	Name string `json:"name,omitempty"`
	Info []byte `json:"info"` // WSAPROTOCOL_INFOW for the process that reads this, in base64
}

// errPipeMessage says that the other end does not speak this protocol.
var errPipeMessage = errors.New("cannot read a message of the pipe")

// readPipeMessage reads one line. io.EOF is the end between two of them.
func readPipeMessage(r *bufio.Reader) (m pipeMessage, err error) {
	line, err := readLine(r)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(line, &m); err != nil {
		return pipeMessage{}, fmt.Errorf("%w: %w", errPipeMessage, err)
	}
	if err := m.check(); err != nil {
		return pipeMessage{}, fmt.Errorf("%w: %w", errPipeMessage, err)
	}
	return m, nil
}

func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > maxPipeMessage {
			return nil, fmt.Errorf("%w: it has more than %d bytes", errPipeMessage, maxPipeMessage)
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// check holds a message to one kind.
func (m pipeMessage) check() error {
	greets := m.Version != 0 || m.PID != 0 || m.Store != 0 || len(m.Sockets) > 0
	kinds := 0
	for _, is := range []bool{greets, m.Notify != "" || m.Socket != nil, m.Kept, m.Drain} {
		if is {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return fmt.Errorf("it is of %d kinds, not of one", kinds)
	case greets && m.Version != pipeVersion:
		return fmt.Errorf("it is of version %d, and this program speaks version %d; build both with the same version of the module", m.Version, pipeVersion)
	case m.PID < 0 || m.Store < 0:
		return errors.New("it has a negative number")
	case len(m.Sockets) > maxPipeSockets:
		return fmt.Errorf("it has %d sockets: at most %d go into one", len(m.Sockets), maxPipeSockets)
	case m.Socket != nil && m.Notify == "":
		return errors.New("it has a socket and does not say what for")
	case len(m.Notify) > maxNotice:
		return fmt.Errorf("its notice has more than %d bytes", maxNotice)
	}
	for _, s := range m.Sockets {
		if err := s.check(); err != nil {
			return err
		}
	}
	if m.Socket != nil {
		return m.Socket.check()
	}
	return nil
}

// maxInfo bounds what a socket comes in: a WSAPROTOCOL_INFOW has 628 bytes.
const maxInfo = 1024

func (s pipeSocket) check() error {
	if len(s.Info) == 0 || len(s.Info) > maxInfo {
		return fmt.Errorf("the socket %.80q comes in %d bytes: want 1 to %d", s.Name, len(s.Info), maxInfo)
	}
	return checkFDName(s.Name)
}

// writePipeMessage writes one line.
func writePipeMessage(w io.Writer, m pipeMessage) error {
	if err := m.check(); err != nil {
		return fmt.Errorf("cannot send a message on the pipe: %w", err)
	}
	if !utf8.ValidString(m.Notify) {
		return errors.New("cannot send a message on the pipe: its notice is not UTF-8")
	}
	line, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("cannot send a message on the pipe: %w", err)
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
