//go:build real

package real

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

const greeting = `{"name":"Ada"}`

// A request is one that the service works on and waits for the rest of.
type request struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
}

// begin sends a request's head. The service asks for the body, so it is at work.
func begin(t *testing.T, addr string) *request {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(conn, "POST /greeting HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", addr, len(greeting))
	q := &request{t, conn, bufio.NewReader(conn)}
	q.expect(http.StatusContinue)
	return q
}

// finish sends the rest, and wants the answer.
func (q *request) finish() {
	q.t.Helper()
	fmt.Fprint(q.conn, greeting)
	if got := q.expect(http.StatusOK); !strings.Contains(got, "Hello, Ada") {
		q.t.Errorf("the answer is %q", got)
	}
}

func (q *request) expect(status int) string {
	q.t.Helper()
	resp, err := http.ReadResponse(q.r, nil)
	if err != nil {
		q.t.Fatalf("a request was lost: %v", err)
	}
	defer resp.Body.Close()
	b := new(strings.Builder)
	if _, err := bufio.NewReader(resp.Body).WriteTo(b); err != nil {
		q.t.Fatal(err)
	}
	if resp.StatusCode != status {
		q.t.Fatalf("got %s, want %d: %s", resp.Status, status, b)
	}
	return b.String()
}
