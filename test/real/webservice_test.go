//go:build real

package real

import (
	"net"
	"syscall"
	"testing"
	"time"
)

// The same binary serves alone, started by systemd's socket activation, and under
// the supervisor. Each time SIGTERM lets it finish what it works on.
func TestWebservice(t *testing.T) {
	addr := [3]string{free(t), free(t), free(t)}
	for i, test := range []struct {
		name    string
		command []string
	}{
		{"alone", []string{program("webservice")}},
		{"systemd", []string{"systemd-socket-activate", "-l", addr[1], "-E", "ADDR", program("webservice")}},
		{"supervisor", []string{program("supervisor"), "run", "--listen", addr[2], "--", program("webservice")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRunning(t)
			r.env = append(r.env, "ADDR="+addr[i])
			r.start(test.command[0], test.command[1:]...)
			r.listens(addr[i])
			r.answers("http://"+addr[i]+"/version", "1\n")
			q := begin(t, addr[i])
			r.signal(syscall.SIGTERM)
			q.finish()
			r.ends(0)
		})
	}
}

// listens waits until clients can connect. Nothing tells when a program that runs
// alone has got so far.
func (r *running) listens(addr string) {
	r.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			return
		}
		select {
		case <-again.C:
		case <-r.exited:
			r.t.Fatal("it ended before it listened")
		case <-deadline:
			r.t.Fatalf("nothing listened within %v: %v", patience, err)
		}
	}
}
