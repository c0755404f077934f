//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// eventually asks until the answer is yes.
func (s *supervised) eventually(what string, ok func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); !ok(); {
		if time.Now().After(deadline) {
			text, _ := s.verb("status", "--json")
			s.t.Fatalf("never: %s\n%s", what, text)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// watching is "status --watch" with its output.
func (s *supervised) watching(args ...string) (*exec.Cmd, *bufio.Scanner) {
	s.t.Helper()
	cmd := exec.Command("supervisor", append([]string{"status", "--watch"}, args...)...)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	return cmd, lines
}

// Each change comes by itself, and Ctrl-C is a good end.
func TestStatusWatch(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	cmd, lines := s.watching()
	until := func(want string) {
		t.Helper()
		for lines.Scan() {
			if fits(lines.Text(), want) {
				return
			}
		}
		t.Fatalf("no line %q", want)
	}
	until("supervisor …")
	until("  #1  serving for …")
	s.behave("v2")
	s.answers(0, "web: promoted generation 2", "reload")
	until("  #2  serving for …")
	s.answers(0, "web: 2 workers…", "scale", "web=2")
	until("  2 workers; the config says 1: …")
	cmd.Process.Signal(syscall.SIGINT)
	for lines.Scan() {
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v", err)
	}
	s.stops()
}

// A supervisor that ends ends the watching, with the exit code for that.
func TestStatusWatchEnds(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	cmd, lines := s.watching("--json")
	if !lines.Scan() {
		t.Fatal("no status")
	}
	s.stops()
	for lines.Scan() {
		var st control.Status
		if err := json.Unmarshal(lines.Bytes(), &st); err != nil {
			t.Errorf("%v: %q", err, lines.Text())
		}
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 6 {
		t.Errorf("exit code %d, want 6", code)
	}
}

// What drains shows the connections that clients still have to it, and no others.
func TestStatusConnections(t *testing.T) {
	t.Parallel()
	s := running(t, service(`drain.timeout = "1h"`), "v1 slow")
	ask := func() net.Conn {
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		fmt.Fprintf(c, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
		if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 200") {
			t.Fatalf("answer %q, %v", line, err)
		}
		return c
	}
	open := []net.Conn{ask(), ask(), ask()}
	s.behave("v2")
	s.answers(0, "web: promoted generation 2", "reload")
	_, lines := s.watching()
	for left := len(open); left > 0; left-- {
		want := fmt.Sprintf("  #1  draining for …, %d connections left, ends in …", left)
		if left == 1 {
			want = "  #1  draining for …, 1 connection left, ends in …"
		}
		for {
			if !lines.Scan() {
				t.Fatalf("no line %q", want)
			}
			if fits(lines.Text(), want) {
				break
			}
		}
		open[left-1].Close()
	}
	s.await("web #1 drained in ")
	s.stops()
}
