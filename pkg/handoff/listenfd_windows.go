package handoff

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	sockets "github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// Listenfd adds to an offer with sockets that services which use listenfd (Rust) get
// them, too. It must come before Admit.
func (r *Receiver) Listenfd(o *Offer) error {
	if len(o.Sockets) == 0 {
		return nil
	}
	s, err := sockets.Open(context.Background(), sockets.Address{Network: "tcp4", Addr: "127.0.0.1:0"})
	if err != nil {
		return fmt.Errorf("%w: %w", errListenfd, err)
	}
	defer s.Close()
	l, err := s.Listener()
	if err != nil {
		return fmt.Errorf("%w: %w", errListenfd, err)
	}
	o.SocketServer, o.SocketSecret = s.Bound(), newUUID()
	secret := o.SocketSecret
	r.jobs.Go(func() {
		<-r.finished
		l.Close()
	})
	r.jobs.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r.jobs.Go(func() { r.giveAway(conn, secret) })
		}
	})
	return nil
}

// giveAway answers one connection. A stranger gets nothing: it does not know the
// secret, and what it could ask for is for a process of the tree and useless to others.
func (r *Receiver) giveAway(conn net.Conn, secret string) {
	defer conn.Close()
	select {
	case <-r.admitted:
	case <-r.finished:
		return
	}
	conn.SetDeadline(time.Now().Add(greetTimeout))
	asked, err := io.ReadAll(io.LimitReader(conn, maxListenfd+1))
	if err == nil {
		err = r.answer(conn, asked, secret)
	}
	if err != nil {
		r.deliver(Message{UID: -1, Err: err})
	}
}

func (r *Receiver) answer(conn net.Conn, asked []byte, secret string) error {
	pid, err := parseListenfd(asked, secret)
	if err != nil {
		return err
	}
	if !r.holds(pid) {
		return fmt.Errorf("%w: process %d asked, %s", errListenfd, pid, strangers)
	}
	for _, n := range r.offer.Sockets {
		info, err := sockets.Duplicate(n.FD, pid)
		if err != nil {
			return fmt.Errorf("%w: %q: %w", errListenfd, n.Name, err)
		}
		if _, err := conn.Write(info); err != nil {
			return fmt.Errorf("%w: %w", errListenfd, err)
		}
	}
	return nil
}
