package handoff

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// Options says how a [Worker] drains. The zero value means the defaults.
type Options struct {
	// Linger is how long, after draining began, an HTTP/1 connection may stay idle before it is closed.
	// Until then a request on it is answered, with "Connection: close". 0 means 500 ms.
	Linger time.Duration

	// DrainTimeout is how long draining may take before what is left is closed.
	// 0 means $DRAIN_TIMEOUT_USEC (in microseconds), which the supervisor sets, or else 30 s.
	DrainTimeout time.Duration

	// Signals begin the drain; a second one ends it at once. Empty means SIGTERM and SIGINT.
	// Windows has no SIGTERM: there the soft stop is CTRL_BREAK, which arrives as [os.Interrupt].
	Signals []os.Signal
}

// A Worker is the service side of a handoff: it owns the inherited sockets and knows every connection
// accepted on them.
//
//	           signal, Drain             all closed, deadline, second signal
//	serving ──────────────────▶ draining ───────────────────────────────────▶ drained
//	Listen, Accept               Draining has ended                           Wait returns
type Worker struct {
	options Options
	notify  notifier
	ready   func() error

	begin    func()          // ends draining
	draining context.Context // ends when draining begins
	cut      context.CancelFunc
	ctx      context.Context // ends at the deadline

	goodbye time.Duration // from the drain's start to the end of ctx
	members *members
	signals chan os.Signal
	drained chan struct{} // closed once err is final
	err     error

	mu        sync.Mutex
	inherited []inherited
	storing   []error // sockets that the next generation will not get
	listeners []*listener
	packets   []*packetConn
	servers   map[*http.Server]*http.Server // to the one that sends its GOAWAYs; nil for none
}

// New takes over the sockets that systemd's protocol announces ($LISTEN_FDS, $LISTEN_PID, $LISTEN_FDNAMES,
// see sd_listen_fds(3)) and removes these variables from the environment. Variables that are meant for
// another process are ignored. It then waits for the stop signal in the background.
//
// If $NOTIFY_SOCKET is set, New sends a first STATUS, which tells the supervisor that READY will follow.
//
// The sockets can be taken once: call New once a process.
//
// On Windows the pipe that $SUPERVISOR_PIPE names takes the place of all of these, and the order to
// drain comes on it.
func New(o Options) (*Worker, error) {
	o, err := o.withDefaults(os.Getenv)
	if err != nil {
		return nil, err
	}
	found, notify, err := takeOver()
	if err != nil {
		return nil, err
	}
	w := newWorker(o, notify, found)
	signal.Notify(w.signals, w.options.Signals...)
	_ = w.Status("starting") // Ready will say it if there is nobody to tell
	go w.run()
	w.notify.follow(w.begin)
	return w, nil
}

func newWorker(o Options, n notifier, found []inherited) *Worker {
	w := &Worker{
		options:   o,
		notify:    n,
		goodbye:   o.DrainTimeout - margin(o.DrainTimeout),
		members:   newMembers(o.Linger),
		signals:   make(chan os.Signal, 2),
		drained:   make(chan struct{}),
		inherited: found,
		servers:   map[*http.Server]*http.Server{},
	}
	w.ready = sync.OnceValue(w.sendReady)
	w.draining, w.begin = context.WithCancel(context.Background())
	w.ctx, w.cut = context.WithCancel(context.Background())
	return w
}

// Draining returns a context that ends when draining begins.
func (w *Worker) Draining() context.Context { return w.draining }

// Context returns a context that ends a little before the drain's deadline (a tenth of DrainTimeout,
// at most 1 s), or when the drain is complete. It is the base of the context of every request that
// [Worker.Serve] serves: a websocket has until its end to say goodbye.
func (w *Worker) Context() context.Context { return w.ctx }

// Drain begins draining, as the stop signal does, and returns at once. See [Worker.Wait].
func (w *Worker) Drain() { w.begin() }

// Wait waits until draining has begun, and then until every accepted connection is closed, or the
// deadline, when it closes those that are left. A [*CutError] counts them.
//
// A packet connection is waited for until its reader got [net.ErrClosed], or it is closed.
func (w *Worker) Wait() error {
	<-w.drained
	return w.err
}

// run ends when the drain does. A stop signal that comes later has its default effect.
func (w *Worker) run() {
	select {
	case <-w.signals:
		w.begin()
	case <-w.draining.Done():
	}
	w.err = w.drain()
	w.cut()
	signal.Stop(w.signals)
	close(w.drained)
}

func stopSignals() []os.Signal { return []os.Signal{syscall.SIGTERM, os.Interrupt} }
