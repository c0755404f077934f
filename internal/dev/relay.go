package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// Relay is an address that stays while what answers there comes and goes: a
// debugger's, which listens on a unix socket of its own in each generation.
type Relay struct {
	l    net.Listener
	to   string // path of the unix socket
	end  context.CancelFunc
	jobs sync.WaitGroup
}

// begins is how long a client waits for a debugger that is on its way.
const begins = 30 * time.Second

// NewRelay listens on the address and passes each connection on to the unix socket,
// for which it waits.
func NewRelay(ctx context.Context, a listener.Address, to string, listen func(context.Context, listener.Address) (net.Listener, error)) (*Relay, error) {
	l, err := listen(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("cannot listen for debuggers: %w", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &Relay{l: l, to: to, end: cancel}
	r.jobs.Go(func() { r.accept(ctx) })
	return r, nil
}

// Addr is where it listens.
func (r *Relay) Addr() net.Addr { return r.l.Addr() }

// Close ends it with all its connections.
func (r *Relay) Close() {
	r.end()
	r.l.Close()
	r.jobs.Wait()
}

func (r *Relay) accept(ctx context.Context) {
	for {
		c, err := r.l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			select { // descriptors may come back
			case <-time.After(time.Second):
			case <-ctx.Done():
				return
			}
		default:
			r.jobs.Go(func() { r.pass(ctx, c) })
		}
	}
}

func (r *Relay) pass(ctx context.Context, c net.Conn) {
	defer c.Close()
	// dlv itself asks who connects by TCP, and takes anybody from a unix socket: who
	// may reach that is decided here.
	if stranger(c) {
		return
	}
	far, err := r.dial(ctx)
	if err != nil {
		return
	}
	defer far.Close()
	stop := context.AfterFunc(ctx, func() { c.Close(); far.Close() })
	defer stop()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{c, far}, {far, c}} {
		both.Go(func() {
			io.Copy(way[0], way[1])
			// A debugger that is gone ends its client's connection, and the other way.
			way[0].Close()
			way[1].Close()
		})
	}
	both.Wait()
}

// dial tries until the debugger is there.
func (r *Relay) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, begins)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	var d net.Dialer
	for {
		c, err := d.DialContext(ctx, "unix", r.to)
		if err == nil {
			return c, nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil, err
		}
	}
}
