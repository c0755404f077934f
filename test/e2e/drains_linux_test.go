package e2e

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// A client has a connection, and can be asked whether it still is one.
type client interface {
	from() string // the process at the other end
	alive() error
	close()
}

type heldSocket struct {
	ctx  context.Context
	conn *websocket.Conn
	id   string
}

func holdSocket(ctx context.Context, addr string) (client, error) {
	conn, _, err := websocket.Dial(ctx, "ws://"+addr+"/ws", nil)
	if err != nil {
		return nil, err
	}
	h := &heldSocket{ctx, conn, ""}
	return h, h.alive()
}

func (h *heldSocket) from() string { return h.id }
func (h *heldSocket) close()       { h.conn.Close(websocket.StatusNormalClosure, "") }

func (h *heldSocket) alive() error {
	if err := h.conn.Write(h.ctx, websocket.MessageText, []byte("x")); err != nil {
		return err
	}
	_, msg, err := h.conn.Read(h.ctx)
	h.id, _, _ = strings.Cut(string(msg), " ")
	return err
}

type heldDownload struct {
	resp  *http.Response
	lines *bufio.Scanner
}

func holdDownload(ctx context.Context, addr string) (client, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/download", nil)
	if err != nil {
		return nil, err
	}
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	h := &heldDownload{resp, bufio.NewScanner(resp.Body)}
	return h, h.alive()
}

func (h *heldDownload) from() string { return h.lines.Text() }
func (h *heldDownload) close()       { h.resp.Body.Close() }

// alive reads one line: the one that was sent first of those not read yet.
func (h *heldDownload) alive() error {
	if !h.lines.Scan() {
		return fmt.Errorf("it has ended: %w", cmp.Or(h.lines.Err(), io.EOF))
	}
	return nil
}

// Drains pile up under clients that stay for long: of them as many go on as drain.max
// allows, the newest, with every connection; the oldest is killed, and that is said.
func TestStackedDrains(t *testing.T) {
	const most, rounds = 3, 8
	t.Parallel()
	addr := freeAddress(t, "http")
	s := start(t, "run", config{socket: "http", address: addr, hold: "1h", more: fmt.Sprintf("[services.web.drain]\ntimeout = \"1h\"\nmax = %d\n", most)})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var all [][]client // by generation, from the first
	for round := range rounds {
		if round > 0 {
			if out, code := s.verb("reload"); code != 0 {
				t.Fatalf("reload: exit code %d\n%s", code, out)
			}
			s.awaitReady(round + 1)
		}
		var of []client
		for _, hold := range []func(context.Context, string) (client, error){holdSocket, holdSocket, holdDownload} {
			of = append(of, holdAt(ctx, t, addr, s.newest(), hold))
		}
		all = append(all, of)
	}
	s.awaitSettled(most + 1)
	for n, of := range all {
		dead := n < rounds-1-most
		for _, h := range of {
			if err := lives(h, dead); (err != nil) != dead {
				t.Errorf("a connection to generation %d of %d: %v", n+1, rounds, err)
			}
		}
	}
	for _, g := range s.status().Generations[1:] {
		if g.Phase != string(lifecycle.Draining) || g.Deadline == nil || g.Connections == nil || *g.Connections != 3 {
			t.Errorf("generation %d is %s until %v with %v connections, want 3", g.Number, g.Phase, g.Deadline, g.Connections)
		}
	}
	for _, of := range all {
		for _, h := range of {
			h.close()
		}
	}
	s.awaitSettled(1) // a drain ends with its last connection
	s.stop()
	want := fmt.Sprintf("more generations drain than drain.max = %d allows, and it is the oldest", most)
	if n := strings.Count(s.output.String(), want); n != rounds-1-most {
		t.Errorf("it was said %d times that one was killed, want %d", n, rounds-1-most)
	}
}

// lives asks until a connection that is to be dead is: what was sent before is read first.
func lives(h client, dead bool) error {
	err := h.alive()
	for deadline := time.Now().Add(patience); dead && err == nil && time.Now().Before(deadline); {
		err = h.alive()
	}
	return err
}

// holdAt connects until it is the newest process that has accepted: the one before may
// do so until it has heard that it drains.
func holdAt(ctx context.Context, t *testing.T, addr, newest string, hold func(context.Context, string) (client, error)) client {
	t.Helper()
	for {
		h, err := hold(ctx, addr)
		if err != nil {
			t.Fatal(err)
		}
		if h.from() == newest {
			return h
		}
		h.close()
	}
}
