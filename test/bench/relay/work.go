//go:build linux

package main

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"net"
	"slices"
	"sync"
	"time"
)

// result is what one turn has measured.
type result struct {
	perSecond float64 // questions, connections or bytes
	half, all time.Duration
}

// work is something that clients do.
type work struct {
	name    string
	unit    string
	clients int
	do      func(c *client, addr string) (amount float64, err error)
	fresh   bool // each time on a new connection
}

var works = []work{
	{"1 KiB answers, one client", "1/s", 1, (*client).ask, false},
	{"1 KiB answers, 32 clients", "1/s", 32, (*client).ask, false},
	{"new connections, 8 clients", "1/s", 8, (*client).ask, true},
	{"100 KiB answers, 8 clients", "1/s", 8, (*client).askMore, false},
	{"one long answer, 1 client", "MB/s", 1, (*client).load, false},
	{"long answers, 4 clients", "MB/s", 4, (*client).load, false},
}

// measure has clients work for that long.
func (w work) measure(ctx context.Context, addr string, d time.Duration) (r result, err error) {
	end := time.Now().Add(d)
	var mu sync.Mutex
	var took []time.Duration
	var amount float64
	var clients sync.WaitGroup
	began := time.Now()
	for range w.clients {
		clients.Go(func() {
			times, sum, failed := w.client(ctx, addr, end)
			mu.Lock()
			defer mu.Unlock()
			took, amount = append(took, times...), amount+sum
			if failed != nil {
				err = failed
			}
		})
	}
	clients.Wait()
	slices.Sort(took)
	return result{amount / time.Since(began).Seconds(), quantile(took, 0.5), quantile(took, 0.99)}, err
}

func (w work) client(ctx context.Context, addr string, end time.Time) (took []time.Duration, sum float64, err error) {
	var c *client
	for time.Now().Before(end) && ctx.Err() == nil {
		began := time.Now()
		if c == nil {
			if c, err = dial(addr); err != nil {
				return took, sum, err
			}
		}
		n, err := w.do(c, addr)
		if err != nil {
			c.Close()
			return took, sum, err
		}
		if w.fresh {
			c.Close()
			c = nil
		}
		took, sum = append(took, time.Since(began)), sum+n
	}
	if c != nil {
		c.Close()
	}
	return took, sum, ctx.Err()
}

// client is a connection.
type client struct {
	net.Conn
	asks, gets []byte
}

func dial(addr string) (*client, error) {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	c.SetDeadline(time.Now().Add(patience))
	return &client{c, make([]byte, question), make([]byte, 64<<10)}, nil
}

func (c *client) ask(string) (float64, error) { return 1, c.exchange(answer) }

func (c *client) askMore(string) (float64, error) { return 1, c.exchange(100 << 10) }

// long is an answer that takes a while.
const long = 64 << 20

func (c *client) load(string) (float64, error) { return long / 1e6, c.exchange(long) }

func (c *client) echo() error { return c.exchange(answer) }

func (c *client) exchange(size uint64) error {
	binary.BigEndian.PutUint64(c.asks, size)
	if _, err := c.Write(c.asks); err != nil {
		return err
	}
	for size > 0 {
		n, err := c.Read(c.gets[:min(size, uint64(len(c.gets)))])
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		size -= uint64(n)
	}
	return nil
}

// quantile of what is sorted.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(int(math.Ceil(q*float64(len(sorted))))-1, 0)]
}
