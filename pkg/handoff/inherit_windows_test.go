package handoff

import (
	"errors"
	"net"
	"os"
	"testing"

	sockets "github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// Who cannot take all sockets keeps none: nobody would accept on it.
func TestAllSocketsOrNone(t *testing.T) {
	s, err := sockets.Open(t.Context(), sockets.Address{Network: "tcp4", Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	at := s.Bound()
	info, err := sockets.Duplicate(s.FD(), os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if found, err := takeSockets([]pipeSocket{{Name: "good", Info: info}, {Name: "bad", Info: []byte{1}}}); err == nil || found != nil {
		t.Errorf("got %v, %v", found, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := sockets.Open(t.Context(), sockets.Address{Network: "tcp4", Addr: at})
	if err != nil {
		t.Fatalf("somebody has it still: %v", err)
	}
	again.Close()
}

// A client that is greeted when its tree has ended is left alone: nobody would end its
// reading.
func TestNobodyJoinsAtTheEnd(t *testing.T) {
	r := mustReceive(t)
	r.Finish()
	if err := r.join(&member{}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if len(r.members) > 0 {
		t.Error("it is a member all the same")
	}
}
