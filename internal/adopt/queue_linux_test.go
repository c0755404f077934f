package adopt

import (
	"net"
	"testing"
	"time"
)

// queue is connections that nobody has accepted yet.
type queue []net.Conn

func queueAt(t *testing.T, network, addr string) (q queue) {
	t.Helper()
	for range 20 {
		c, err := net.Dial(network, addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		q = append(q, c)
	}
	return q
}

// answered wants all of them served after all.
func (q queue) answered(t *testing.T) {
	t.Helper()
	for _, c := range q {
		c.SetDeadline(time.Now().Add(patience))
		if _, err := c.Write([]byte("GET / HTTP/1.0\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(make([]byte, 100)); n == 0 {
			t.Fatalf("a connection that waited is lost: %v", err)
		}
	}
}
