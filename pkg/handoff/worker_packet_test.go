package handoff

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

func packets(t *testing.T, w *Worker) (net.PacketConn, net.Conn) {
	t.Helper()
	c, err := w.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	client, err := net.Dial("udp", c.LocalAddr().String())
	must(t, err)
	t.Cleanup(func() { client.Close() })
	must(t, client.SetDeadline(time.Now().Add(30*time.Second)))
	return c, client
}

func TestPacketReaderAnswersBeforeTheEnd(t *testing.T) {
	w := worker(t, Options{})
	c, client := packets(t, w)
	_, err := client.Write([]byte("question"))
	must(t, err)
	buf := make([]byte, 100)
	n, from, err := c.ReadFrom(buf)
	must(t, err)

	w.Drain()
	wait(t, "the drain", w.Draining().Done())
	select {
	case <-w.drained:
		t.Fatal("the drain did not wait for an answer")
	default:
	}
	_, err = c.WriteTo(buf[:n], from)
	must(t, err)
	if n, err := client.Read(buf); err != nil || string(buf[:n]) != "question" {
		t.Errorf("got %q, %v", buf[:n], err)
	}
	waitStopped(t, c)
	if _, _, err := c.ReadFrom(buf); err != net.ErrClosed {
		t.Errorf("ReadFrom = %v, want net.ErrClosed", err)
	}
	must(t, w.Wait())
	if _, err := c.WriteTo(buf, from); !errors.Is(err, net.ErrClosed) {
		t.Errorf("WriteTo = %v after the drain, want net.ErrClosed", err)
	}
}

// waitStopped waits until the drain has reached c.
func waitStopped(t *testing.T, c net.PacketConn) {
	t.Helper()
	for range 30_000 {
		if c.(*packetConn).isStopped() {
			return
		}
		wait(t, "a moment", time.After(time.Millisecond))
	}
	t.Fatal("the drain did not stop the reader")
}

func TestDrainWakesThePacketReader(t *testing.T) {
	w := worker(t, Options{})
	c, _ := packets(t, w)
	read := make(chan error)
	go func() {
		_, _, err := c.ReadFrom(make([]byte, 100))
		read <- err
	}()
	for w.members.pending() == 0 {
		wait(t, "the reader", time.After(time.Millisecond))
	}
	w.Drain()
	if err := wait(t, "ReadFrom", read); err != net.ErrClosed {
		t.Errorf("ReadFrom = %v, want net.ErrClosed", err)
	}
	must(t, w.Wait())
}

func TestUnreadPacketConnIsNotWaitedFor(t *testing.T) {
	w := worker(t, Options{})
	packets(t, w)
	w.Drain()
	must(t, w.Wait())
}

func TestClosedPacketConnIsNotWaitedFor(t *testing.T) {
	w := worker(t, Options{})
	c, client := packets(t, w)
	_, err := client.Write([]byte("x"))
	must(t, err)
	_, _, err = c.ReadFrom(make([]byte, 1))
	must(t, err)
	must(t, c.Close())
	w.Drain()
	must(t, w.Wait())
}

func TestPacketDeadline(t *testing.T) {
	c, _ := packets(t, worker(t, Options{}))
	must(t, c.SetDeadline(time.Unix(1, 0)))
	if _, _, err := c.ReadFrom(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("ReadFrom = %v, want a timeout", err)
	}
}
