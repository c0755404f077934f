//go:build unix

package e2e

import (
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

// Ports below those from which the kernel serves whoever does not mind, clients among them:
// none is taken between being found free and being listened on.
const firstPort, lastPort = 20_000, 32_000

// ports are given once each, so that tests that run at the same time do not share one.
var ports = struct {
	sync.Mutex
	next int
}{next: firstPort + rand.IntN(lastPort-firstPort)}

// freeAddress is one that nothing listened on a moment ago.
func freeAddress(t *testing.T, socket string) string {
	t.Helper()
	if socket == "unix" {
		return filepath.Join(shortDir(t), "web")
	}
	listen := func(address string) (io.Closer, error) { return net.Listen("tcp", address) }
	if socket == "udp" {
		listen = func(address string) (io.Closer, error) { return net.ListenPacket("udp", address) }
	}
	ports.Lock()
	defer ports.Unlock()
	for range lastPort - firstPort {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(ports.next))
		if ports.next++; ports.next == lastPort {
			ports.next = firstPort
		}
		if l, err := listen(address); err == nil {
			l.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}
