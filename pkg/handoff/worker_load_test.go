package handoff

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patience bounds every wait of these tests. Nothing is expected to take that long.
const patience = 30 * time.Second

// A load is one client that asks again and again and never tries a request twice.
type load struct {
	name string
	ask  func(ctx context.Context, message string) (string, error)

	answers atomic.Int64
	newest  atomic.Int64 // generation that answered
}

// run asks until ctx ends. The first failure ends the test.
func (l *load) run(ctx context.Context) error {
	for i := 0; ctx.Err() == nil; i++ {
		message := fmt.Sprintf("%s-%d", l.name, i)
		answer, err := l.ask(ctx, message)
		if err != nil {
			return fmt.Errorf("%s: request %d failed: %w", l.name, i, err)
		}
		var generation int64
		var back string
		if _, err := fmt.Sscanf(answer, "%d %s", &generation, &back); err != nil || back != message {
			return fmt.Errorf("%s: sent %q, got %q", l.name, message, answer)
		}
		l.answers.Add(1)
		l.newest.Store(max(l.newest.Load(), generation))
	}
	return nil
}

func dial(network, addr string) (net.Conn, error) {
	c, err := net.DialTimeout(network, addr, patience)
	if err != nil {
		return nil, err
	}
	return c, c.SetDeadline(time.Now().Add(patience))
}

func askConn(network, addr string) func(context.Context, string) (string, error) {
	return func(_ context.Context, message string) (string, error) {
		c, err := dial(network, addr)
		if err != nil {
			return "", err
		}
		defer c.Close()
		if _, err := io.WriteString(c, message); err != nil {
			return "", err
		}
		answer, err := io.ReadAll(c)
		return string(answer), err
	}
}

// askPacket has one socket for all its datagrams.
func askPacket(t *testing.T, addr string) func(context.Context, string) (string, error) {
	c, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return func(_ context.Context, message string) (string, error) {
		if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
			return "", err
		}
		if _, err := io.WriteString(c, message); err != nil {
			return "", err
		}
		buf := make([]byte, 200)
		n, err := c.Read(buf)
		return string(buf[:n]), err
	}
}

// A keepAlive is an HTTP/1.1 client that uses its connection until it is told to close it. It
// retries nothing, as http.Transport would.
type keepAlive struct {
	addr  string
	pause time.Duration // at most, between two requests
	c     net.Conn
	r     *bufio.Reader
}

func (k *keepAlive) ask(ctx context.Context, message string) (string, error) {
	if k.pause > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(rand.N(k.pause)):
		}
	}
	if k.c == nil {
		c, err := dial("tcp", k.addr)
		if err != nil {
			return "", err
		}
		k.c, k.r = c, bufio.NewReader(c)
	}
	if err := k.c.SetDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	fmt.Fprintf(k.c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(message), message)
	answer, err := http.ReadResponse(k.r, nil)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if answer.Close {
		k.c.Close()
		k.c = nil
	}
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(answer.Status)
	}
	return string(body), err
}

func askClose(addr string) func(context.Context, string) (string, error) {
	return func(ctx context.Context, message string) (string, error) {
		k := keepAlive{addr: addr}
		answer, err := k.ask(ctx, message)
		if k.c != nil {
			k.c.Close()
		}
		return answer, err
	}
}

func newHTTP2Client(t *testing.T) *http.Client {
	tr := &http.Transport{Protocols: new(http.Protocols)}
	tr.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patience}
}

func askHTTP2(t *testing.T, addr string) func(context.Context, string) (string, error) {
	client := newHTTP2Client(t)
	return func(_ context.Context, message string) (string, error) {
		answer, err := client.Post("http://"+addr, "text/plain", bytes.NewReader([]byte(message)))
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err == nil && answer.StatusCode != http.StatusOK {
			err = errors.New(answer.Status)
		}
		return string(body), err
	}
}

// loads runs clients of every kind until stop.
type loads struct {
	list   []*load
	cancel context.CancelFunc
	wg     sync.WaitGroup
	failed chan error
}

func startLoads(t *testing.T, list []*load) *loads {
	ctx, cancel := context.WithCancel(t.Context())
	all := &loads{list: list, cancel: cancel, failed: make(chan error, len(list))}
	t.Cleanup(all.wg.Wait) // the test's context has ended by then
	for _, l := range list {
		all.wg.Go(func() {
			if err := l.run(ctx); err != nil {
				all.failed <- err
			}
		})
	}
	return all
}

func (a *loads) stop() []error {
	a.cancel()
	a.wg.Wait()
	close(a.failed)
	var errs []error
	for err := range a.failed {
		errs = append(errs, err)
	}
	return errs
}

func (a *loads) String() string {
	var b strings.Builder
	for _, l := range a.list {
		fmt.Fprintf(&b, "%s %d, ", l.name, l.answers.Load())
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// waitFor waits until every client was answered by the generation.
func (a *loads) waitFor(t *testing.T, generation int64) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for _, l := range a.list {
		for l.newest.Load() < generation {
			select {
			case err := <-a.failed:
				t.Fatal(err)
			case <-deadline:
				t.Fatalf("%s: still answered by generation %d, not %d", l.name, l.newest.Load(), generation)
			case <-tick.C:
			}
		}
	}
}
