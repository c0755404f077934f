package doctor

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

const (
	// firstSign is how long a service may take to listen or to send a message, before it
	// is taken for one that does neither.
	firstSign = 10 * time.Second
	// halfway is how long a request is left half sent: the service has begun with it.
	halfway = 200 * time.Millisecond
	// firstWord is how long a service may take to answer a first request.
	firstWord = 2 * time.Second
	// lastLines is how much is kept of what it prints.
	lastLines = 10
)

// owner is the one process of a trial.
var owner = adopt.Owner{Generation: 1, Proc: 1}

// Try runs a service once, in the world of a supervisor, asks it to end with a request
// under way, and kills what does not. It takes as long as ready.timeout and
// drain.timeout at most. Nothing is left when it returns.
func Try(ctx context.Context, y *supervise.System, s supervise.Service) Trial {
	t := &trial{service: s, spoke: make(chan struct{}), ready: make(chan struct{})}
	t.Service, t.Command = s.Name, quoted(slices.Concat(s.Command, s.Args))
	t.Signal, t.Limit, t.Within = signalName(s), s.Policy.DrainTimeout, s.Policy.ReadyTimeout
	if s.Protocol != nil && s.Protocol.Name() != "auto" { // which speaks as systemd does, among others
		t.By = s.Protocol.Name()
	}
	t.StartErr = t.run(ctx, y)
	t.Lines = t.printed.last(lastLines)
	return t.Trial
}

func quoted(words []string) string {
	for i, w := range words {
		words[i] = quote(w)
	}
	return strings.Join(words, " ")
}

// trial is one Try.
type trial struct {
	Trial
	service supervise.Service
	printed tail
	table   *adopt.Table
	child   supervise.Child
	places  []control.Socket // that it was given
	exited  chan proc.Exit

	spoke, ready chan struct{} // closed by hear, when it sent messages and READY=1
	stored       bool          // hear's, until it has returned
}

func (t *trial) run(ctx context.Context, y *supervise.System) error {
	sockets, named, err := t.open(ctx, y)
	defer func() {
		for _, k := range sockets {
			k.Close()
		}
	}()
	if err != nil {
		return err
	}
	launch := supervise.Launch{Service: t.service, Generation: owner.Generation, Proc: owner.Proc, Sockets: named, StoreMax: handoff.StoreMax, Output: &t.printed}
	launch.Service.Sink = false
	t.table = adopt.NewTable(func(adopt.Notice) {})
	defer t.table.Close()
	if t.service.Adopts() && t.table.Refused() == nil {
		launch.Adopt = t.table
	}
	if t.child, err = y.Start(ctx, launch); err != nil {
		return err
	}
	var jobs sync.WaitGroup
	t.exited = make(chan proc.Exit, 1)
	jobs.Go(t.hear)
	jobs.Go(func() { t.exited <- t.child.Wait() })
	t.live(ctx)
	jobs.Wait()
	t.table.Gone(owner)
	t.Stored = t.stored
	return nil
}

func (t *trial) open(ctx context.Context, y *supervise.System) (sockets []supervise.Socket, named []handoff.Named, err error) {
	for _, a := range t.service.Sockets {
		k, err := y.Open(ctx, a)
		if err != nil {
			return sockets, nil, err
		}
		sockets = append(sockets, k)
		named = append(named, handoff.Named{Name: a.Name, FD: k.FD(), Network: a.Network, Addr: k.Bound()})
		t.places = append(t.places, control.Socket{Name: a.Name, Address: a.String(), Bound: k.Bound()})
	}
	t.Given = len(sockets)
	return sockets, named, nil
}

// hear takes messages until none can come any more.
func (t *trial) hear() {
	for {
		m, err := t.child.Next()
		if err != nil {
			return
		}
		if m.Err == nil && !closed(t.spoke) {
			close(t.spoke)
		}
		if m.Notice.Ready && !closed(t.ready) {
			close(t.ready)
		}
		if m.Notice.Store {
			t.stored = true
			t.table.Keep(m.FDs)
		}
		m.Close()
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// live follows the process from its start to its end.
func (t *trial) live(ctx context.Context) {
	began := time.Now()
	if e, ended := t.awaitUp(ctx); ended {
		t.end(e)
		return
	}
	t.UpIn, t.Spoke, t.Ready = time.Since(began), closed(t.spoke), closed(t.ready)
	t.look(ctx)
	req := t.begin(ctx)
	select {
	case e := <-t.exited:
		t.end(e)
		req.drop()
		return
	default:
	}
	t.stop(ctx, req)
}

// end is of a process that nobody asked to end.
func (t *trial) end(e proc.Exit) { t.Ended = &e }

// awaitUp returns when the process can serve, as far as is seen, or is gone.
func (t *trial) awaitUp(ctx context.Context) (e proc.Exit, ended bool) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(t.Within, time.Minute))
	defer cancel()
	var job sync.WaitGroup
	defer job.Wait()
	defer cancel()
	listens := make(chan struct{})
	job.Go(func() {
		if t.table.Await(ctx, owner, t.service.Ready.After) == nil {
			close(listens)
		}
	})
	alive := time.NewTimer(max(t.service.Ready.After, firstSign))
	defer alive.Stop()
	listening, timer := (<-chan struct{})(listens), alive.C
	for {
		select {
		case <-t.ready:
			return e, false
		case <-listening:
			t.Listens, listening = true, nil
		case <-timer:
			timer = nil
		case e = <-t.exited:
			return e, true
		case <-ctx.Done():
			return e, false
		}
		// One that speaks has to say that it is ready.
		if (t.Listens || timer == nil) && !closed(t.spoke) {
			return e, false
		}
	}
}

// look asks the kernel, and the table of what was bound.
func (t *trial) look(ctx context.Context) {
	t.table.Steer(owner.Generation)
	for _, l := range t.table.Learnt() {
		t.Learnt = append(t.Learnt, l.Network+"://"+l.Addr)
	}
	if t.service.Adopts() {
		t.Obstacle = t.table.Obstacle()
	}
	if t.service.Restart {
		t.Obstacle = errRestart
	}
	st := control.Status{Services: []control.Service{{
		Name: t.Service, Sockets: t.places,
		Generations: []control.Generation{{Number: owner.Generation, Phase: "serving", Processes: []control.Process{{PID: t.child.PID()}}}},
	}}}
	signal, _ := t.service.Signal.(syscall.Signal)
	as := config.Service{Name: t.Service}
	as.Drain.Signal = signal
	for _, tree := range lookAtKernel(ctx, st, []config.Service{as}, halfway) {
		t.Tree = tree
	}
}

var errRestart = errors.New("handoff.by is restart: it is stopped before its next version starts")

// stop asks the process to end, and kills it if it does not in time.
func (t *trial) stop(ctx context.Context, req *halfRequest) {
	began := time.Now()
	t.child.Signal(t.service.Signal)
	answered := make(chan Answer, 1)
	go func() { answered <- req.finish(ctx, cmp.Or(t.Limit, firstWord)) }()
	limit := time.NewTimer(t.Limit)
	defer limit.Stop()
	interrupted := ctx.Done()
	for {
		select {
		case <-t.exited:
			t.StopIn = time.Since(began)
			req.drop()
			t.UnderWay = <-answered
			return
		case <-limit.C:
			t.Killed = true
			t.child.Kill()
		case <-interrupted:
			interrupted = nil
			t.child.Kill()
		}
	}
}

// halfRequest is a request of which the end has not been sent; nil if there is none.
type halfRequest struct{ conn net.Conn }

// begin sends one half, if HTTP is spoken where the service listens.
func (t *trial) begin(ctx context.Context) *halfRequest {
	network, address := t.reach()
	if address == "" || !speaksHTTP(ctx, network, address) {
		return nil
	}
	conn, err := connect(ctx, network, address)
	if err != nil {
		return nil
	}
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"); err != nil {
		conn.Close()
		return nil
	}
	pause(ctx, halfway)
	return &halfRequest{conn}
}

func (r *halfRequest) drop() {
	if r != nil {
		r.conn.SetDeadline(time.Now().Add(halfway))
	}
}

// finish sends the other half after a while, and waits for the answer.
func (r *halfRequest) finish(ctx context.Context, within time.Duration) Answer {
	if r == nil {
		return NotAsked
	}
	defer r.conn.Close()
	pause(ctx, halfway)
	r.conn.SetDeadline(time.Now().Add(within))
	io.WriteString(r.conn, "\r\n")
	if word := make([]byte, len(http)); readFull(r.conn, word) == http {
		return Answered
	}
	return CutOff
}

const http = "HTTP/"

func speaksHTTP(ctx context.Context, network, address string) bool {
	conn, err := connect(ctx, network, address)
	if err != nil {
		return false
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(firstWord))
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	return readFull(conn, make([]byte, len(http))) == http
}

func readFull(r io.Reader, b []byte) string {
	n, _ := io.ReadFull(r, b)
	return string(b[:n])
}

func connect(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: firstWord}
	return d.DialContext(ctx, network, address)
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// reach is where it takes connections; empty: nowhere that is known.
func (t *trial) reach() (network, address string) {
	for _, p := range t.places {
		switch scheme, _, _ := strings.Cut(p.Address, ":"); scheme {
		case "unix":
			return scheme, p.Bound
		case "tcp", "tcp4", "tcp6":
			return "tcp", reachable(p.Bound)
		}
	}
	for _, l := range append(t.Learnt, t.Tree.Own...) {
		if network, at, _ := strings.Cut(l, "://"); strings.HasPrefix(network, "tcp") {
			return "tcp", reachable(at)
		}
	}
	return "", ""
}

// reachable is an address that a client on this host can connect to.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("localhost", port)
	}
	return address
}

// signalName is what asks the service to end.
func signalName(s supervise.Service) string {
	if signal, ok := s.Signal.(syscall.Signal); ok {
		return drainNamed(signal)
	}
	return "TERM"
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 16 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if over := len(t.text) - tailSize; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(b), nil
}

// last are the last n lines.
func (t *tail) last(n int) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimRight(string(bytes.ToValidUTF8(t.text, []byte("�"))), "\n")
	if text == "" {
		return nil
	}
	all := strings.Split(text, "\n")
	return all[max(0, len(all)-n):]
}
