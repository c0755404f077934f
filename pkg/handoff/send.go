package handoff

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"syscall"
	"time"
)

// sendTimeout bounds a send to a supervisor that does not read: a full datagram socket blocks the sender.
const sendTimeout = 5 * time.Second

// notifier speaks sd_notify(3) to the supervisor.
type notifier struct {
	socket string // $NOTIFY_SOCKET: a path, or @name for an abstract one; empty when nobody listens
	store  bool   // $FDSTORE is set: the supervisor keeps file descriptors for the next generation
}

// send sends one datagram, with the file descriptor of file if that is not nil.
func (n notifier) send(state string, file syscall.Conn) error {
	if n.socket == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	defer conn.Close()
	if err := conn.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	if file == nil {
		_, err = conn.Write([]byte(state))
	} else {
		err = sendWithFile(conn, []byte(state), file)
	}
	if err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	return nil
}

// keep hands file to the supervisor for the next generation. FDPOLL=0: it is not dropped when it
// shows an error or hang-up.
func (n notifier) keep(name string, file syscall.Conn) error {
	if err := checkFDName(name); err != nil {
		return fmt.Errorf("cannot store a file descriptor: %w", err)
	}
	if n.socket == "" || !n.store {
		return fmt.Errorf("cannot store %q: $NOTIFY_SOCKET and $FDSTORE are not both set, so nobody keeps it for the next generation: %w", name, errors.ErrUnsupported)
	}
	return n.send("FDSTORE=1\nFDNAME="+name+"\nFDPOLL=0", file)
}

// learntName is the name under which a socket is stored that no config names. Different addresses
// have different names.
func learntName(network, addr string) string { return network + "-" + url.QueryEscape(addr) }

// Ready tells the supervisor that the service is ready: READY=1. It does so once; later calls return
// what the first did. [Worker.Serve] calls it, and serves whatever it returns.
// Without a supervisor ($NOTIFY_SOCKET is empty) it returns nil.
func (w *Worker) Ready() error { return w.ready() }

func (w *Worker) sendReady() error {
	w.mu.Lock()
	lost := errors.Join(w.storing...)
	w.mu.Unlock()
	return errors.Join(lost, w.notify.send("READY=1\nSTATUS=ready", nil))
}

// Status tells the supervisor in one line what the service is doing: STATUS=text.
// Without a supervisor it returns nil.
func (w *Worker) Status(text string) error {
	for _, r := range text {
		if r == '\n' || r == 0 {
			return fmt.Errorf("cannot send the status %.100q: it has more than one line", text)
		}
	}
	return w.notify.send("STATUS="+text, nil)
}

// Store leaves f to the next generation, which gets it from [Worker.Stored]. The caller still owns f.
// It returns an error that wraps [errors.ErrUnsupported] when nobody keeps it: without a supervisor
// or a unit with FileDescriptorStoreMax=, and on Windows.
func (w *Worker) Store(name string, f *os.File) error { return w.notify.keep(name, f) }
