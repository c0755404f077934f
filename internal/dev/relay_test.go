//go:build unix

package dev

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// The address stays while what answers behind it comes, goes, and comes again.
func TestRelay(t *testing.T) {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	to := filepath.Join(dir, "dlv")
	r, err := NewRelay(t.Context(), listener.Address{Network: "tcp", Addr: "127.0.0.1:0"}, to,
		func(_ context.Context, a listener.Address) (net.Listener, error) {
			return net.Listen(a.Network, a.Addr)
		})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, word := range []string{"one", "two"} {
		c, err := net.Dial("tcp", r.Addr().String()) // before anybody answers
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(20 * time.Second))
		l, err := net.Listen("unix", to)
		if err != nil {
			t.Fatal(err)
		}
		far, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(far, word)
		lines := bufio.NewScanner(c)
		if !lines.Scan() || lines.Text() != word {
			t.Errorf("heard %q, %v", lines.Text(), lines.Err())
		}
		l.Close()
		far.Close()
		if lines.Scan() {
			t.Errorf("heard %q after the end", lines.Text())
		}
		c.Close()
	}
}
