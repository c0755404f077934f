package handoff

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// newEchoServer answers with the generation and the body.
func newEchoServer(generation string) *http.Server {
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, "%s %s", generation, body)
	})}
	s.Protocols = new(http.Protocols)
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetUnencryptedHTTP2(true)
	return s
}

// echoConns answers one message a connection.
func echoConns(l net.Listener, generation string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			buf := make([]byte, 100)
			if n, err := c.Read(buf); err == nil {
				fmt.Fprintf(c, "%s %s", generation, buf[:n])
			}
		}()
	}
}

func echoPackets(c net.PacketConn, generation string) {
	buf := make([]byte, 100)
	for {
		n, from, err := c.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			panic(err)
		}
		if _, err := c.WriteTo(fmt.Appendf(nil, "%s %s", generation, buf[:n]), from); err != nil {
			panic(err)
		}
	}
}
