package handoff

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"
)

// sendTimeout bounds a send to a supervisor that does not read: a full socket or pipe blocks the sender.
const sendTimeout = 5 * time.Second

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
