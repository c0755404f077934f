//go:build unix

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"
)

// patience is how long anything may take that is waited for.
const patience = 30 * time.Second

// process is one process of the service, as it told of itself.
type process struct {
	pid   int
	began time.Time // its main function was entered
	ready time.Time // READY=1 was sent; from now on it takes requests
	addr  string
	first chan time.Time // its first request; holds one
	gone  chan struct{}  // closed when the process has ended
}

// reports is where the processes of one runner tell of themselves.
type reports struct {
	listener net.Listener
	arrived  chan *process // each one when it is ready
	closing  chan struct{}
	jobs     sync.WaitGroup

	mu   sync.Mutex
	live map[int]net.Conn // by PID
}

func listenReports(path string) (*reports, error) {
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	r := &reports{listener: l, arrived: make(chan *process), closing: make(chan struct{}), live: map[int]net.Conn{}}
	r.jobs.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r.jobs.Go(func() { r.follow(conn) })
		}
	})
	return r, nil
}

// follow reads what one process says until it is gone.
func (r *reports) follow(conn net.Conn) {
	defer conn.Close()
	lines := bufio.NewReader(conn)
	p := &process{first: make(chan time.Time, 1), gone: make(chan struct{})}
	defer close(p.gone)
	var began, ready, first int64
	if _, err := fmt.Fscanln(lines, &p.pid, &began, &ready, &p.addr); err != nil {
		return // it ended before it was ready
	}
	p.began, p.ready = time.Unix(0, began), time.Unix(0, ready)
	r.register(p.pid, conn)
	defer r.register(p.pid, nil)
	select {
	case r.arrived <- p:
	case <-r.closing:
		return
	}
	if _, err := fmt.Fscanln(lines, &first); err != nil {
		return
	}
	p.first <- time.Unix(0, first)
	lines.ReadByte() // returns when the process is gone
}

func (r *reports) register(pid int, conn net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if conn == nil {
		delete(r.live, pid)
		return
	}
	r.live[pid] = conn
}

// next waits for the next process to be ready.
func (r *reports) next(ctx context.Context) (*process, error) {
	return await(ctx, r.arrived, "a process of the service to be ready")
}

// close ends what is still there.
func (r *reports) close() {
	close(r.closing)
	r.listener.Close()
	r.mu.Lock()
	for pid, conn := range r.live {
		syscall.Kill(pid, syscall.SIGKILL)
		conn.SetReadDeadline(time.Now().Add(time.Second))
	}
	r.mu.Unlock()
	r.jobs.Wait()
}

// await takes a value, or a channel's end.
func await[T any](ctx context.Context, from <-chan T, what string) (v T, err error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case v = <-from:
		return v, nil
	case <-ctx.Done():
		return v, context.Cause(ctx)
	case <-timer.C:
		return v, errors.New("waited " + patience.String() + " for " + what)
	}
}
