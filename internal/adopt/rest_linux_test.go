package adopt

import (
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// A datagram that was read when others took over is answered, however long that takes
// the processor.
func TestDatagramUnderWay(t *testing.T) {
	b, addr := newBench(t), freeAddress(t)
	old := b.start("ponder", addr)
	old.await()
	old.steer()
	c, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	next := b.start("ponder", addr)
	next.await()
	next.steer()
	old.quiesce()
	old.end()
	c.SetReadDeadline(time.Now().Add(time.Second))
	if _, err := c.Read(make([]byte, 5)); err != nil {
		t.Errorf("it was stopped before it had answered: %v", err)
	}
}

// A process that computes works; one that waits does not, and none that is gone.
func TestWorks(t *testing.T) {
	for script, want := range map[string]bool{
		"echo; read line":           false,
		"echo; while :; do :; done": true,
	} {
		cmd := exec.Command("sh", "-c", script)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		out.Read(make([]byte, 1)) // it has begun
		for deadline := time.Now().Add(patience); works(cmd.Process.Pid) != want; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Errorf("%q: works is not %v", script, want)
				break
			}
		}
		cmd.Process.Kill()
		in.Close()
		cmd.Wait()
		if works(cmd.Process.Pid) {
			t.Error("one that is gone works")
		}
	}
	if !works(os.Getpid()) {
		t.Error("this one does not work")
	}
}
