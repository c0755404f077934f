package adopt

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

const patience = 30 * time.Second

// A bench hands a server off as a supervisor does.
type bench struct {
	*testing.T
	table    *Table
	launcher proc.Launcher
	null     *os.File
	last     int
	loose    bool // unlink is not trapped
	jobs     sync.WaitGroup
}

func newBench(t *testing.T) *bench {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, null: null, table: NewTable(func(n Notice) { t.Log(n.Text) })}
	if err := b.table.Refused(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.table.Close(); null.Close() })
	return b
}

// benchBy has one way to steer.
func benchBy(t *testing.T, steer func() steering) *bench {
	t.Helper()
	b := newBench(t)
	b.table.steer = steer
	return b
}

// started is a process of a generation of its own.
type started struct {
	*proc.Process
	Owner
	b    *bench
	gone chan struct{}
	exit proc.Exit // once it is gone
}

func (b *bench) start(args ...string) *started {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	return b.run(append([]string{self}, args...)...)
}

func (b *bench) run(args ...string) *started {
	b.Helper()
	b.last++
	fd, mark := int(b.null.Fd()), "ADOPT_TEST="+rand.Text()
	p, err := b.launcher.Start(b.Context(), proc.Spec{
		Path: args[0], Args: args, Env: append(os.Environ(), mark), Mark: mark, Stdin: fd, Stdout: fd, Stderr: 2, Trap: true, TrapUnlink: !b.loose,
	})
	if err != nil {
		b.Fatal(err)
	}
	reports, err := p.Trap()
	if err != nil {
		b.Fatal(err)
	}
	c := &started{Process: p, Owner: Owner{b.last, p.PID()}, b: b, gone: make(chan struct{})}
	followed, loose := make(chan struct{}), b.loose
	go func() {
		defer close(followed)
		b.table.Follow(Tree{c.Owner, p.Contains, loose}, reports)
	}()
	go func() {
		defer close(c.gone)
		c.exit = p.Wait()
		reports.Close()
		<-followed
		b.table.Gone(c.Owner)
	}()
	b.Cleanup(func() { p.Kill(); <-c.gone })
	return c
}

func (c *started) await() {
	c.b.Helper()
	ctx, cancel := context.WithTimeout(c.b.Context(), patience)
	defer cancel()
	if err := c.b.table.Await(ctx, c.Owner, time.Second); err != nil {
		c.b.Fatalf("it does not listen: %v", err)
	}
	c.b.wantWays()
}

func (c *started) steer() {
	c.b.Helper()
	if err := c.b.table.Check(c.Generation); err != nil {
		c.b.Fatal(err)
	}
	if err := c.b.table.Steer(c.Generation); err != nil {
		c.b.Fatal(err)
	}
	c.b.wantWays()
}

func (b *bench) wantWays() {
	b.Helper()
	b.table.mu.Lock()
	defer b.table.mu.Unlock()
	for _, g := range b.table.groups {
		wantWay(b.T, g)
	}
}

func (c *started) quiesce() {
	c.b.Helper()
	ctx, cancel := context.WithTimeout(c.b.Context(), patience)
	defer cancel()
	if err := c.b.table.Quiesce(ctx, c.Owner); err != nil {
		c.b.Errorf("it is not quiet: %v", err)
	}
}

func (c *started) end() {
	c.Signal(syscall.SIGTERM)
	select {
	case <-c.gone:
	case <-time.After(patience):
		c.b.Fatal("it does not end")
	}
}

// loaded runs a load until the returned function is called.
func (b *bench) loaded(c load.Config) (end func() load.Report) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	report := make(chan load.Report, 1)
	b.jobs.Go(func() {
		r, err := load.Run(ctx, c)
		if err != nil {
			b.Error(err)
		}
		report <- r
	})
	b.Cleanup(func() { cancel(); b.jobs.Wait() })
	return func() load.Report { cancel(); return <-report }
}

// handoffs does as a supervisor does, less what is left out.
func (b *bench) handoffs(n int, addr string, steer, quiesce bool) {
	b.Helper()
	old := b.start("serve", addr)
	old.await()
	old.steer()
	for range n {
		next := b.start("serve", addr)
		next.await()
		if steer {
			next.steer()
		}
		if quiesce {
			old.quiesce()
		}
		old.end()
		next.steer()
		old = next
	}
}

func TestHandoffs(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		b, addr := benchBy(t, steer), freeAddress(t)
		end := b.loadedOnceThere(addr)
		b.handoffs(15, addr, true, true)
		if r := end(); r.Requests == 0 || r.Failed() != 0 {
			t.Errorf("want no loss: %v", r)
		}
	})
}

// No datagram and no answer to one is lost.
func TestDatagrams(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		b, addr := benchBy(t, steer), freeAddress(t)
		first := b.start("echo", addr)
		first.await()
		first.steer()
		end := b.loaded(load.Config{Load: load.UDP, Address: addr, Workers: 4, Rate: 1000, Timeout: 5 * time.Second})
		for old, n := first, 0; n < 15; n++ {
			next := b.start("echo", addr)
			next.await()
			next.steer()
			old.quiesce()
			old.end()
			old = next
		}
		if r := end(); r.Requests == 0 || r.Failed() != 0 {
			t.Errorf("want no loss: %v", r)
		} else {
			t.Log(r)
		}
	})
}

// Each step is needed: the same load counts failures without it.
func TestHandoffsWithout(t *testing.T) {
	for name, c := range map[string]struct{ steer, quiesce bool }{
		"steering": {false, true},
		"drain":    {true, false},
	} {
		t.Run(name, func(t *testing.T) {
			b, addr := newBench(t), freeAddress(t)
			end := b.loadedOnceThere(addr)
			b.handoffs(10, addr, c.steer, c.quiesce)
			if r := end(); r.Failed() == 0 {
				t.Errorf("nothing was lost: %v", r)
			}
		})
	}
}

// loadedOnceThere begins when somebody listens; requests take a while.
func (b *bench) loadedOnceThere(addr string) (end func() load.Report) {
	b.Helper()
	ready := make(chan func() load.Report, 1)
	b.jobs.Go(func() {
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
			c, err := net.Dial("tcp", addr)
			if err == nil {
				c.Close()
				break
			}
		}
		ready <- b.loaded(load.Config{Load: load.HTTP, Path: "/?d=150ms", Address: addr, Workers: 32, Rate: 200})
	})
	return func() load.Report { return (<-ready)() }
}

// A handshake that waits for data belongs to the socket that it began with, and is
// waited for.
func TestDeferredHandshake(t *testing.T) {
	b, addr := newBench(t), freeAddress(t)
	old := b.start("defer", addr)
	old.await()
	old.steer()
	c, err := net.Dial("tcp", addr) // for the server it does not exist yet
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	next := b.start("defer", addr)
	next.await()
	next.steer()
	quiet := make(chan struct{})
	b.jobs.Go(func() { defer close(quiet); old.quiesce() })
	select {
	case <-quiet:
		t.Error("the handshake was not waited for")
	case <-time.After(4 * moment):
	}
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write([]byte("GET / HTTP/1.0\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 100)); n == 0 {
		t.Errorf("no answer: %v", err)
	}
	<-quiet
}

// What is in the queue is seen there, and waited for.
func TestQueue(t *testing.T) {
	b, addr := newBench(t), freeAddress(t)
	old := b.start("serve", addr)
	old.await()
	old.steer()
	old.freeze()
	for range 3 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	next := b.start("serve", addr)
	next.await()
	next.steer()
	f := former{t: b.table, owner: old.Owner}
	if n := f.queued(); n != 3 {
		t.Errorf("%d are seen in the queue", n)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*moment)
	defer cancel()
	if err := b.table.Quiesce(ctx, old.Owner); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("not waited for: %v", err)
	}
}

// freeze stops the process and waits until none of its threads runs.
func (c *started) freeze() {
	c.b.Helper()
	syscall.Kill(c.PID(), syscall.SIGSTOP)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", c.PID()))
		if len(threads) > 0 && !slices.ContainsFunc(threads, runs) {
			return
		}
	}
	c.b.Fatal("it does not stop")
}

func runs(stat string) bool {
	text, err := os.ReadFile(stat)
	return err == nil && !strings.Contains(string(text), ") T ")
}

// What waits in the queue of a process that was killed is answered by the one that
// binds next.
func TestCrash(t *testing.T) {
	b, addr := newBench(t), freeAddress(t)
	old := b.start("serve", addr)
	old.await()
	old.steer()
	old.freeze()
	waiting := queueAt(t, "tcp", addr)
	old.Kill()
	<-old.gone
	b.last-- // the same generation, another process
	next := b.start("serve", addr)
	next.await()
	waiting.answered(t)
}
