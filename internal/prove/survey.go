package prove

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

const (
	// How long a service may take to answer the first request of its life.
	firstAnswer = 5 * time.Second
	// How long one that may be silent is listened to.
	listens = 500 * time.Millisecond
)

// survey finds the ways to ask at these sockets, and what a reader should know of them.
func survey(ctx context.Context, sockets []control.Socket, paths []string) (ways []Way, notes []string, err error) {
	for _, s := range sockets {
		network, address := reach(s)
		if network == "" {
			notes = append(notes, fmt.Sprintf("%s: no load is put on it: only tcp and unix sockets get some", s.Address))
			continue
		}
		found, said, err := ask(ctx, network, address, paths)
		if err != nil {
			return nil, nil, fmt.Errorf("cannot reach it at %s: %w", s.Address, err)
		}
		ways, notes = append(ways, found...), append(notes, said...)
	}
	return ways, notes, nil
}

// reach is where a client on this machine connects; "" if it cannot by a stream.
func reach(s control.Socket) (network, address string) {
	scheme, _, _ := strings.Cut(s.Address, ":")
	switch scheme {
	case "unix":
		return scheme, s.Bound
	case "tcp", "tcp4", "tcp6":
	default:
		return "", ""
	}
	host, port, err := net.SplitHostPort(s.Bound)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
		if scheme == "tcp6" {
			host = "::1"
		}
	}
	return "tcp", net.JoinHostPort(host, port)
}

// ask finds out what is spoken at an address by asking once.
func ask(ctx context.Context, network, address string, paths []string) (ways []Way, notes []string, err error) {
	for _, path := range paths {
		status, err := askHTTP(ctx, network, address, path)
		if errors.Is(err, errNotHTTP) && ways == nil {
			loads, err := askRaw(ctx, network, address)
			for _, l := range loads {
				ways = append(ways, Way{Load: l, Network: network, Address: address})
			}
			return ways, nil, err
		}
		if err != nil {
			return nil, nil, err
		}
		two := []Way{{load.HTTP, network, address, path}, {load.KeepaliveWatch, network, address, path}}
		ways = append(ways, two...)
		switch {
		case status >= bad:
			notes = append(notes, fmt.Sprintf("%s is answered with status %d before any handoff: name another page with --path", two[0].place(), status))
		case status >= 400:
			notes = append(notes, fmt.Sprintf("%s is answered with status %d, which counts as an answer (only 500 and above are failures): name another page with --path", two[0].place(), status))
		}
	}
	return ways, notes, nil
}

var errNotHTTP = errors.New("what answers does not speak HTTP")

func dial(ctx context.Context, network, address string, within time.Duration) (net.Conn, error) {
	d := net.Dialer{Timeout: within}
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(within))
}

func askHTTP(ctx context.Context, network, address, path string) (status int, err error) {
	conn, err := dial(ctx, network, address, firstAnswer)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	host := address
	if network == "unix" {
		host = "localhost"
	}
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, host); err != nil {
		return 0, errNotHTTP
	}
	r := bufio.NewReader(conn)
	if word, err := r.Peek(5); string(word) != "HTTP/" {
		if ctx.Err() != nil {
			return 0, err
		}
		return 0, errNotHTTP
	}
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		return 0, errNotHTTP
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}

// askRaw finds out who speaks first, and whether a line is answered.
func askRaw(ctx context.Context, network, address string) ([]load.Load, error) {
	conn, err := dial(ctx, network, address, firstAnswer)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	r := bufio.NewReader(conn)
	conn.SetReadDeadline(time.Now().Add(listens))
	if _, err := r.Peek(1); err == nil {
		return []load.Load{load.Greeted}, nil
	}
	conn.SetReadDeadline(time.Now().Add(listens))
	if _, err := io.WriteString(conn, "hello\n"); err == nil {
		if _, err := r.ReadString('\n'); err == nil {
			return []load.Load{load.Line, load.LineHold}, nil
		}
	}
	return []load.Load{load.Connect}, ctx.Err()
}
