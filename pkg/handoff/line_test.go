//go:build unix

package handoff

import (
	"encoding/gob"
	"io"
	"net"
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

// end is the descriptor that a process would find at a number.
func end(t *testing.T, g Grant, number int) *os.File {
	t.Helper()
	fd, err := syscall.Dup(g.FDs[number-firstFD])
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "end")
	t.Cleanup(func() { f.Close() })
	return f
}

func grant(t *testing.T, p Protocol) Grant {
	t.Helper()
	g, err := p.Grant(twoSockets(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// says checks what comes on the line when the process writes.
func says(t *testing.T, g Grant, w io.Writer, text string, want ...string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		m, err := g.Line.Next()
		got := "nothing"
		switch {
		case err != nil:
			got = "end"
		case m.Err != nil:
			got = m.Err.Error()
		case m.Notice.Ready:
			got = "ready"
		}
		if !strings.Contains(got, w) {
			t.Errorf("%q is %s, want %s", text, got, w)
		}
	}
}

func TestTableflipLine(t *testing.T) {
	g := grant(t, Tableflip{})
	ready, names := end(t, g, 3), end(t, g, 4)
	g.Line.Started()
	var got [][]string
	// A decoder may read ahead: what is left is for the same one.
	if err := gob.NewDecoder(names).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if want := [][]string{{"listener", "tcp", ":8080"}, {"listener", "tcp4", "127.0.0.1:9000"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("the names are %q, want %q", got, want)
	}
	says(t, g, ready, "*", "ready")
	fd := int(names.Fd())
	syscall.SetNonblock(fd, true)
	if n, err := syscall.Read(fd, make([]byte, 1)); err != syscall.EAGAIN {
		t.Errorf("its parent has ended too early: %d, %v", n, err)
	}
	g.Line.Alone()
	g.Line.Alone()
	if n, err := syscall.Read(fd, make([]byte, 1)); n != 0 || err != nil {
		t.Errorf("its parent does not end: %d, %v", n, err)
	}
}

func TestTableflipBadByte(t *testing.T) {
	g := grant(t, Tableflip{})
	ready := end(t, g, 3)
	g.Line.Started()
	says(t, g, ready, "x*", "byte 120 is not 42", "end")
}

// A process that is gone says nothing any more, though it never closed its end.
func TestLineEndsWithTheProcess(t *testing.T) {
	g := grant(t, Tableflip{})
	ready := end(t, g, 3)
	g.Line.Started()
	ready.Close()
	says(t, g, io.Discard, "", "end")
}

func TestS6Line(t *testing.T) {
	g := grant(t, S6{})
	says(t, g, end(t, g, 3), "so far "+strings.Repeat("x", 5000)+"\n", "ready")
}

func TestNodeLine(t *testing.T) {
	g := grant(t, Node{})
	says(t, g, end(t, g, 5), "{\"cmd\":\"x\"}\n"+`"`+strings.Repeat("x", 10000)+`"`+"\n\"ready\"\n", "ready")
}

func TestEinhornLine(t *testing.T) {
	for text, want := range map[string]string{
		`{"command":"worker:ack","pid":5}` + "\n":                 "ready",
		"---%0Acommand: worker:ack%0Apid: 123%0A\n":               "ready",
		"---%0Acommand: \"worker:ack\"%0A\n":                      "ready",
		`{"command":"worker:ping","pid":5,"request_id":1}` + "\n": "nothing",
		`{"command":"die"}` + "\n":                                `what it asks: "die"`,
		"{}x\n":                                                   "cannot read a command",
		"%zz\n":                                                   "cannot read a command",
		"pid: 5\n":                                                `it names no "command"`,
	} {
		g := grant(t, Einhorn{})
		// Somebody who says nothing is in nobody's way.
		hangUp(t, g)
		says(t, g, dialEinhorn(t, g), text, want)
	}
}

func hangUp(t *testing.T, g Grant) { dialEinhorn(t, g).Close() }

func dialEinhorn(t *testing.T, g Grant) net.Conn {
	t.Helper()
	c, err := net.Dial("unix", g.Line.(*einhornLine).listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestEinhornLineEnds(t *testing.T) {
	g := grant(t, Einhorn{})
	path := g.Line.(*einhornLine).listener.Addr().String()
	time.AfterFunc(time.Millisecond, g.Close)
	if _, err := g.Line.Next(); err == nil {
		t.Error("it goes on")
	}
	if _, err := os.Lstat(path); err == nil {
		t.Error("its path is left")
	}
}
