//go:build unix

package handoff

import (
	"errors"
	"runtime"
	"strconv"
	"syscall"
	"testing"
)

// A message waits until the supervisor has room for it, and comes after those before it.
func TestSendWaitsForRoom(t *testing.T) {
	r := mustReceive(t)
	n := notifier{socket: r.Path()}
	var err error
	sent := 0
	for ; err == nil; sent++ {
		err = n.sendNow("STATUS=" + strconv.Itoa(sent))
	}
	if full := errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.ENOBUFS); !full {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- n.send("READY=1", nil) }()
	for range 1000 {
		runtime.Gosched() // it is to find no room
	}
	for i := range sent - 1 {
		if m := nextNotice(t, r); m.Notice.Status != strconv.Itoa(i) {
			t.Fatalf("message %d says %+v", i, m)
		}
	}
	if m := nextNotice(t, r); !m.Notice.Ready {
		t.Errorf("got %+v", m)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Why nobody can be told is said by name.
func TestSendToNobody(t *testing.T) {
	n := notifier{socket: t.TempDir() + "/nobody"}
	err := n.send("READY=1", nil)
	if want := "cannot notify the supervisor: dial unixgram " + n.socket + ": connect: no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
