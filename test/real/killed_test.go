//go:build real

package real

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
	"time"
)

// A supervisor that is killed in production takes nothing with it: its service
// finishes what it works on, and answers what comes.
func TestServiceOutlivesRun(t *testing.T) {
	t.Parallel()
	addr := free(t)
	r := newRunning(t)
	r.env = append(r.env, "ADDR="+addr)
	r.start(program("supervisor"), "run", "--listen", addr, "--", program("webservice"))
	r.await("webservice #1 serving")
	orphan := r.orphan()
	q := begin(t, addr)
	r.signal(syscall.SIGKILL)
	r.waits(r.exited, "the supervisor")
	q.finish()
	for range 10 {
		r.answers("http://"+addr+"/version", "1\n")
	}
	q = begin(t, addr)
	if err := syscall.Kill(orphan, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	q.finish()
	r.waits(r.out.ended, "the orphan")
}

// orphan is the process that will be left. What a failed test leaves of it is ended.
func (r *running) orphan() int {
	r.t.Helper()
	pid := r.status().Generations[0].Processes[0].PID
	r.t.Cleanup(func() {
		if r.t.Failed() {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	return pid
}

// family is a service with a grandchild that has left for a session of its own.
// All of it holds the fifo "alive" open.
const family = `exec 9>alive; setsid sh -c 'echo $$ >&9; exec sleep 1000' & exec "$0"`

// A supervisor that is killed in dev takes the whole tree with it.
func TestServiceDiesWithDev(t *testing.T) {
	t.Parallel()
	r, alive, _ := startFamily(t, "dev")
	r.signal(syscall.SIGKILL)
	if _, err := alive.ReadString('\n'); !errors.Is(err, io.EOF) {
		t.Errorf("something is left of the service: %v", err)
	}
	r.waits(r.out.ended, "the service")
}

// In production the same tree lives on: the test above would see it.
func TestFamilyOutlivesRun(t *testing.T) {
	t.Parallel()
	r, _, grandchild := startFamily(t, "run")
	orphan := r.orphan()
	r.signal(syscall.SIGKILL)
	r.waits(r.exited, "the supervisor")
	if err := syscall.Kill(orphan, syscall.SIGTERM); err != nil {
		t.Errorf("the service is gone: %v", err)
	}
	if err := syscall.Kill(grandchild, syscall.SIGKILL); err != nil {
		t.Errorf("the grandchild is gone: %v", err)
	}
	r.waits(r.out.ended, "the service")
}

// startFamily returns when the grandchild is there, with the fifo that ends with
// the last of the family.
func startFamily(t *testing.T, mode string) (r *running, alive *bufio.Reader, grandchild int) {
	t.Helper()
	addr := free(t)
	r = newRunning(t)
	r.env = append(r.env, "ADDR="+addr)
	if err := syscall.Mkfifo(r.path("alive"), 0o600); err != nil {
		t.Fatal(err)
	}
	// Opened for both, it does not wait for a writer; nor would it ever end.
	both, err := os.OpenFile(r.path("alive"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	fifo, err := os.OpenFile(r.path("alive"), os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fifo.Close() })
	fifo.SetReadDeadline(time.Now().Add(patience))
	r.start(program("supervisor"), mode, "--listen", addr, "--", "sh", "-c", family, program("webservice"))
	alive = bufio.NewReader(fifo)
	if _, err := fmt.Fscanln(alive, &grandchild); err != nil {
		t.Fatalf("no grandchild: %v", err)
	}
	both.Close()
	r.await("sh #1 serving")
	r.answers("http://"+addr+"/version", "1\n")
	return r, alive, grandchild
}
