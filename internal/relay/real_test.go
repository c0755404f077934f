package relay

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/pires/go-proxyproto"
)

// patience bounds every wait.
const patience = 20 * time.Second

// bed is a relay of real sockets, with one process.
type bed struct {
	*testing.T
	*Relay
	owner  Owner
	client net.Addr     // where clients connect
	server net.Listener // what the process listens at
}

func newBed(t *testing.T, network, addr string, proxy bool) *bed {
	t.Helper()
	b := &bed{T: t, owner: Owner{1, 1}, Relay: New(func(text string) { t.Log(text) })}
	ports, err := b.Add(b.owner, []Port{{Name: "http", Variable: "PORT"}}, proxy)
	if err != nil {
		t.Fatal(err)
	}
	if b.server, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(ports.Number("http")))); err != nil {
		t.Fatal(err)
	}
	if err := b.Await(t.Context(), b.owner); err != nil {
		t.Fatal(err)
	}
	if c := b.accept(); proxy {
		h, err := proxyproto.Read(bufio.NewReader(c))
		if err != nil || h.Command.IsProxy() {
			t.Errorf("the probe says %+v, %v", h, err)
		}
	}
	b.Ready(b.owner)
	b.Aim([]int{1})
	err = b.Open([]Door{{"place", "http", func() (net.Listener, error) {
		l, err := net.Listen(network, addr)
		if err == nil {
			b.client = l.Addr()
		}
		return l, err
	}}}, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.server.Close(); b.Gone(b.owner); b.Close() })
	return b
}

// accept returns the connection of a process.
func (b *bed) accept() net.Conn {
	b.Helper()
	c, err := b.server.Accept()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

func (b *bed) connect() net.Conn {
	b.Helper()
	c, err := net.Dial(b.client.Network(), b.client.String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

// pair is a connection of a client, and of the process.
func (b *bed) pair() (client, server net.Conn) {
	b.Helper()
	return b.connect(), b.accept()
}

func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, c net.Conn, text string) {
	t.Helper()
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
		t.Fatalf("got %q, %v; want %q", got, err, text)
	}
}

func expectEnd(t *testing.T, c net.Conn) {
	t.Helper()
	if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Fatalf("got %d bytes, %v; want the end", n, err)
	}
}

// networks are those of clients.
func networks(t *testing.T, test func(t *testing.T, network, addr string)) {
	for network, addr := range map[string]string{"tcp": "127.0.0.1:0", "unix": filepath.Join(t.TempDir(), "s")} {
		t.Run(network, func(t *testing.T) {
			if network == "unix" && !unixSockets {
				t.Skip("the supervisor has no unix sockets here")
			}
			test(t, network, addr)
		})
	}
}

// Either side can end what it says, and still hear the other one.
func TestHalfClose(t *testing.T) {
	networks(t, func(t *testing.T, network, addr string) {
		b := newBed(t, network, addr, false)
		for _, first := range []bool{true, false} {
			one, other := b.pair()
			send(t, one, "hello")
			expect(t, other, "hello")
			if !first {
				one, other = other, one
			}
			closeWrite(one)
			expectEnd(t, other)
			send(t, other, "still here")
			expect(t, one, "still here")
			closeWrite(other)
			expectEnd(t, one)
		}
		b.awaitCount(0)
	})
}

func (b *bed) awaitCount(n int) {
	b.Helper()
	for deadline := time.Now().Add(patience); b.Count(1) != n; {
		if time.Now().After(deadline) {
			b.Fatalf("there are %d connections, not %d", b.Count(1), n)
		}
		time.Sleep(time.Millisecond)
	}
}

// A connection that breaks off does so on either side: what came until then is not all.
func TestBrokenOff(t *testing.T) {
	b := newBed(t, "tcp", "127.0.0.1:0", false)
	for _, first := range []bool{true, false} {
		one, other := b.pair()
		send(t, one, "half of")
		expect(t, other, "half of")
		if !first {
			one, other = other, one
		}
		one.(*net.TCPConn).SetLinger(0)
		one.Close()
		if _, err := other.Read(make([]byte, 1)); !errors.Is(err, errReset) {
			t.Errorf("got %v", err)
		}
	}
	b.awaitCount(0)
}

// A process that reads no more still has its last words.
func TestLastWords(t *testing.T) {
	b := newBed(t, "tcp", "127.0.0.1:0", false)
	client, server := b.pair()
	send(t, client, "much")
	expect(t, server, "much")
	send(t, server, "too much")
	server.Close()
	for err := error(nil); err == nil; {
		_, err = io.WriteString(client, "and more") // until the end has come back
		if b.Count(1) == 0 {
			break
		}
	}
	expect(t, client, "too much")
	b.awaitCount(0)
}

// What goes through is what was sent, in both directions at once.
func TestBytes(t *testing.T) {
	networks(t, func(t *testing.T, network, addr string) {
		text := make([]byte, 8<<20)
		rand.NewChaCha8([32]byte{}).Read(text)
		b := newBed(t, network, addr, false)
		client, server := b.pair()
		ended := make(chan error, 2)
		for _, c := range []net.Conn{client, server} {
			go func() {
				_, err := c.Write(text)
				closeWrite(c)
				ended <- err
			}()
			go func() {
				got, err := io.ReadAll(c)
				if err == nil && !bytes.Equal(got, text) {
					err = errors.New("something else has arrived")
				}
				ended <- err
			}()
		}
		for range 4 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
}

// The header says who the client is, and what follows is the client's.
func TestProxyHeader(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0"} {
		b := newBed(t, "tcp", addr, true)
		client, server := b.pair()
		send(t, client, "hello")
		r := bufio.NewReader(server)
		h, err := proxyproto.Read(r)
		if err != nil || h.Version != 2 || !h.Command.IsProxy() ||
			h.SourceAddr.String() != client.LocalAddr().String() || h.DestinationAddr.String() != b.client.String() {
			t.Errorf("got %+v, %v", h, err)
		}
		got := make([]byte, 5)
		if _, err := io.ReadFull(r, got); err != nil || string(got) != "hello" {
			t.Errorf("got %q, %v", got, err)
		}
	}
}

func TestProxyHeaderOfUnixClients(t *testing.T) {
	if !unixSockets {
		t.Skip("the supervisor has no unix sockets here")
	}
	b := newBed(t, "unix", filepath.Join(t.TempDir(), "s"), true)
	_, server := b.pair()
	h, err := proxyproto.Read(bufio.NewReader(server))
	if err != nil || h.Version != 2 || !h.Command.IsLocal() {
		t.Errorf("got %+v, %v", h, err)
	}
}

// quiesced is closed when the process may be stopped.
func (b *bed) quiesce() <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := b.Quiesce(ctx, b.owner); err != nil {
			b.Error(err)
		}
	}()
	return done
}

func open(c <-chan struct{}, d time.Duration) bool {
	select {
	case <-c:
		return false
	case <-time.After(d):
		return true
	}
}

// A connection between two requests is ended, and one with a request under way is
// waited for.
func TestQuiesce(t *testing.T) {
	networks(t, func(t *testing.T, network, addr string) {
		b := newBed(t, network, addr, false)
		idle, idleServer := b.pair()
		busy, busyServer := b.pair()
		halved, halvedServer := b.pair()
		for _, c := range [][2]net.Conn{{idle, idleServer}, {busy, busyServer}, {halved, halvedServer}} {
			send(t, c[0], "ask")
			expect(t, c[1], "ask")
		}
		for _, c := range [][2]net.Conn{{idle, idleServer}, {halved, halvedServer}} {
			send(t, c[1], "answer")
			expect(t, c[0], "answer")
		}
		closeWrite(halved)
		expectEnd(t, halvedServer)
		done := b.quiesce()
		expectEnd(t, idleServer) // as if the client had closed it
		idleServer.Close()
		expectEnd(t, idle)
		if !open(done, 2*quiet) {
			t.Fatal("it may be stopped with requests under way")
		}
		send(t, busyServer, "the answer at last")
		expect(t, busy, "the answer at last")
		expectEnd(t, busyServer)
		busyServer.Close()
		if !open(done, 2*quiet) {
			t.Fatal("it may be stopped although a client that has ended its side waits for an answer")
		}
		halvedServer.Close()
		if open(done, patience) {
			t.Fatal("it never may be stopped")
		}
	})
}

// A request that comes when the connection was about to be ended is answered.
func TestRequestAtTheLastMoment(t *testing.T) {
	b := newBed(t, "tcp", "127.0.0.1:0", false)
	client, server := b.pair()
	for n := range 50 {
		text := strconv.Itoa(n) + "\n"
		send(t, client, text)
		expect(t, server, text)
		c := b.only()
		c.ask(talk{}) // as it was before
		send(t, server, text)
		expect(t, client, text)
	}
}

// only is the one connection that there is.
func (b *bed) only() *conn {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.procs[b.owner].conns {
		return c
	}
	b.Fatal("there is no connection")
	return nil
}

// A client that does not read what its process has said before its end does not keep
// the relay.
func TestCloseIsBounded(t *testing.T) {
	b := newBed(t, "tcp", "127.0.0.1:0", false)
	_, server := b.pair()
	server.SetWriteDeadline(time.Now().Add(quiet))
	server.Write(make([]byte, 64<<20))
	server.Close()
	b.Gone(b.owner)
	if b.Close(); len(b.past) != 0 {
		t.Errorf("%d processes are kept", len(b.past))
	}
}
