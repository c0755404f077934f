// Package freeport finds ports for tests whose programs listen by themselves.
package freeport

import (
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
)

// Ports below those from which systems serve whoever does not mind, clients among them:
// none is taken between being found free and being listened on.
const first, last = 20_000, 32_000

// next are given once each, so that tests that run at the same time do not share one.
var next = struct {
	sync.Mutex
	port int
}{port: first + rand.IntN(last-first)}

// TCP is a loopback address that nothing listened on a moment ago.
func TCP(t *testing.T) string {
	t.Helper()
	return find(t, func(at string) (io.Closer, error) { return net.Listen("tcp", at) })
}

// UDP is one for datagrams.
func UDP(t *testing.T) string {
	t.Helper()
	return find(t, func(at string) (io.Closer, error) { return net.ListenPacket("udp", at) })
}

func find(t *testing.T, open func(at string) (io.Closer, error)) string {
	t.Helper()
	next.Lock()
	defer next.Unlock()
	var failed error
	for range last - first {
		at := net.JoinHostPort("127.0.0.1", strconv.Itoa(next.port))
		if next.port++; next.port == last {
			next.port = first
		}
		held, err := open(at)
		if err == nil {
			held.Close()
			return at
		}
		failed = err
	}
	t.Fatal("no port is free: ", failed)
	return ""
}
