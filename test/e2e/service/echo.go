package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// echoLines accepts until draining begins and then waits for its connections.
func (s *service) echoLines(l net.Listener) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		wg.Go(func() { s.echoConn(conn) })
	}
}

// echoConn says bye when held connections are to go, and answers on until the
// client has closed: so no line is lost on the way.
func (s *service) echoConn(conn net.Conn) {
	defer conn.Close()
	s.roster.busy()
	stop := context.AfterFunc(s.leave, func() { io.WriteString(conn, "bye\n") })
	defer stop()
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		if _, err := fmt.Fprintf(conn, "%s %s\n", identity(), lines.Text()); err != nil {
			return
		}
	}
}

// echoDatagrams answers every datagram that it takes off the queue.
func (s *service) echoDatagrams(pc net.PacketConn) error {
	buf := make([]byte, 2048)
	for {
		n, from, err := pc.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := pc.WriteTo([]byte(identity()+" "+string(buf[:n])), from); err != nil {
			return err
		}
	}
}
