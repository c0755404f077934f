//go:build unix

package handoff

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// Receiver is one NOTIFY_SOCKET. Each process of a generation has its own, so
// that a message is known by the socket it arrives on even where the kernel
// does not name the sender.
type Receiver struct {
	path string
	conn *net.UnixConn
	data []byte
	oob  []byte
}

// Receive binds a datagram socket at path, which must not exist. Whoever can
// reach the path may send: keep it in a directory of your own.
func Receive(path string) (*Receiver, error) {
	conn, err := listenNotify(path)
	if err != nil {
		return nil, fmt.Errorf("cannot receive notifications on %s: %w", path, err)
	}
	// The service may run as another user than we do.
	if err := os.Chmod(path, 0o666); err != nil {
		conn.Close()
		os.Remove(path)
		return nil, fmt.Errorf("cannot receive notifications: %w", err)
	}
	return &Receiver{path: path, conn: conn, data: make([]byte, maxNotice+1), oob: make([]byte, controlSpace())}, nil
}

// Path is what goes into the service's NOTIFY_SOCKET.
func (r *Receiver) Path() string { return r.path }

// Next waits for a message. One goroutine at a time may call it. After Close,
// which may come from any goroutine, it returns net.ErrClosed; every other
// error means that the socket is of no more use. A bad datagram is not an
// error but a Message with Err set.
func (r *Receiver) Next() (Message, error) {
	// Go asks for MSG_CMSG_CLOEXEC: no child can inherit what arrives here.
	n, oobn, flags, _, err := r.conn.ReadMsgUnix(r.data, r.oob)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		n, oobn, flags, err = receiveQueued(r.conn, r.data, r.oob)
	}
	if errors.Is(err, net.ErrClosed) {
		return Message{}, net.ErrClosed
	}
	if err != nil {
		return Message{}, fmt.Errorf("cannot receive notifications on %s: %w", r.path, notifyCause(err))
	}
	return readMessage(r.data[:n], r.oob[:oobn], flags), nil
}

// readMessage closes every descriptor that it does not return.
func readMessage(data, oob []byte, flags int) Message {
	m, err := parseControl(oob)
	if err == nil {
		err = truncated(flags, len(data))
	}
	if err == nil {
		m.Notice, err = ParseNotice(data)
	}
	if err == nil {
		err = checkFDs(m)
	}
	if err != nil {
		m.Notice, m.Err = Notice{}, err
	}
	// Nothing else takes descriptors: systemd, too, drops them.
	if !m.Notice.Store && !m.Notice.Barrier {
		closeAll(m.FDs)
		m.FDs = nil
	}
	return m
}

func checkFDs(m Message) error {
	switch {
	case m.Notice.Barrier && len(m.FDs) != 1:
		return fmt.Errorf("cannot read notification: BARRIER=1 came with %d descriptors, not with one", len(m.FDs))
	case m.Notice.Store && len(m.FDs) == 0:
		return errors.New("cannot read notification: FDSTORE=1 came without a descriptor")
	}
	return nil
}

// Finish says that whoever sends is gone: Next goes on with what has arrived, and
// then returns net.ErrClosed. It may come from any goroutine.
func (r *Receiver) Finish() { r.conn.SetReadDeadline(time.Unix(1, 0)) }

// Close ends Next and removes the path. Messages that nobody read are dropped
// with their descriptors.
func (r *Receiver) Close() error {
	rerr := os.Remove(r.path)
	if errors.Is(rerr, os.ErrNotExist) {
		rerr = nil // the caller's directory may be gone already
	}
	return errors.Join(rerr, r.conn.Close())
}

// notifyCause drops what net says around the cause: our sentence names the
// operation and the path.
func notifyCause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var sys *os.SyscallError
	if errors.As(err, &sys) {
		err = sys.Err
	}
	return err
}
