//go:build unix

package handoff

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"testing"
)

// The test binary is its own service: with serviceEnv set it runs as a generation of
// TestGenerationsLoseNothing.
const serviceEnv = "HANDOFF_TEST_SERVICE"

func TestMain(m *testing.M) {
	if behave := os.Getenv(selfEnv); behave != "" {
		if err := runSelf(behave); err != nil {
			fmt.Fprintln(os.Stderr, "self:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv(serviceEnv) == "" {
		os.Exit(m.Run())
	}
	// The launcher's part: nobody else knows the pid.
	os.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()))
	if err := runService(os.Getenv(serviceEnv)); err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func runService(generation string) error {
	w, err := New(Options{})
	if err != nil {
		return err
	}
	web, err := w.Listen("tcp", "web")
	if err != nil {
		return err
	}
	raw, err := w.Listen("tcp", "raw")
	if err != nil {
		return err
	}
	path, err := w.Listen("unix", os.Getenv("HANDOFF_TEST_PATH"))
	if err != nil {
		return err
	}
	udp, err := w.ListenPacket("udp", "udp")
	if err != nil {
		return err
	}
	go echoConns(raw, generation)
	go echoConns(path, generation)
	go echoPackets(udp, generation)
	return w.Serve(web, newEchoServer(generation))
}

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
