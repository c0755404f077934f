//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// patience bounds every wait.
const patience = 20 * time.Second

// A contestant upgrades the service.
type contestant struct {
	name    string
	command func(addr string) []string
	alone   bool           // the service upgrades itself: the signal goes to the process that serves
	signal  syscall.Signal // upgrades it

	addr    string
	cmd     *exec.Cmd
	exited  chan struct{}
	log     string
	serving int // PID

	took     []time.Duration // from the signal to the first answer of the new version
	requests int64           // of all loads
	failed   int64
	failures map[load.Kind]int64
	rest     int64   // PSS of all its processes between upgrades
	peaks    []int64 // the most of it in each upgrade
}

// start waits for the first answer, and a moment.
func (c *contestant) start(ctx context.Context, dir string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c.addr = l.Addr().String()
	l.Close()
	c.log = filepath.Join(dir, "log")
	out, err := os.Create(c.log)
	if err != nil {
		return err
	}
	defer out.Close()
	words := c.command(c.addr)
	c.cmd = exec.Command(words[0], words[1:]...)
	c.cmd.Stdout, c.cmd.Stderr = out, out
	c.cmd.Env = append(os.Environ(), c.mark())
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is for the benchmark
	if err := c.cmd.Start(); err != nil {
		return err
	}
	c.exited = make(chan struct{})
	go func() { defer close(c.exited); c.cmd.Wait() }()
	c.serving = 0
	if _, err := c.answer(ctx); err != nil {
		return err
	}
	return rest(ctx)
}

// mark is in the environment of every process that a contestant starts.
func (c *contestant) mark() string { return fmt.Sprintf("UPGRADES_BENCH=%d %s", os.Getpid(), c.name) }

// stop ends it kindly, and then all that is left of it.
func (c *contestant) stop() {
	syscall.Kill(c.target(), syscall.SIGTERM)
	c.await(context.Background(), func() bool { return len(c.processes()) == 0 })
	for _, pid := range c.processes() {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	<-c.exited
}

func (c *contestant) target() int {
	if c.alone {
		return c.serving
	}
	return c.cmd.Process.Pid
}

// upgrade returns when the new version has answered and the old one is gone.
func (c *contestant) upgrade(ctx context.Context) (took time.Duration, err error) {
	old, began := c.serving, time.Now()
	if err := syscall.Kill(c.target(), c.signal); err != nil {
		return 0, err
	}
	at, err := c.answer(ctx)
	if err != nil {
		return 0, err
	}
	if !c.await(ctx, func() bool { return !lives(old) }) {
		return 0, c.explain("its former process does not end")
	}
	return at.Sub(began), rest(ctx)
}

// rest lets a process notice that the one before it has ended: until it has, tableflip
// refuses the next upgrade. overseer loses one that comes with the first answer.
func rest(ctx context.Context) error {
	select {
	case <-time.After(50 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// answer asks every millisecond, on a new connection, until another process than the
// one in service has answered, and tells when. What fails on the way counts.
func (c *contestant) answer(ctx context.Context) (at time.Time, err error) {
	first := c.serving == 0
	ok := c.await(ctx, func() bool {
		pid, err := ask(c.addr)
		if !first {
			c.requests++
			if err != nil {
				c.failed++
			}
		}
		if err != nil || pid == c.serving {
			return false
		}
		c.serving, at = pid, time.Now()
		return true
	})
	if !ok {
		return at, c.explain("no new version answers")
	}
	return at, nil
}

// await looks every millisecond, until it is so or patience is over.
func (c *contestant) await(ctx context.Context, so func() bool) bool {
	deadline, again := time.After(patience), time.NewTicker(time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-again.C:
		case <-ctx.Done():
			return false
		case <-deadline:
			return false
		}
	}
	return true
}

// explain adds what was said last.
func (c *contestant) explain(what string) error {
	said, _ := os.ReadFile(c.log)
	return fmt.Errorf("%s: %s; it said:\n%s", c.name, what, said[max(0, len(said)-2000):])
}

// ask tells which process answers.
func ask(addr string) (pid int, err error) {
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "+addr+"\r\nConnection: close\r\n\r\n"); err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return 0, errors.New(resp.Status)
	}
	return strconv.Atoi(resp.Header.Get("X-Version"))
}

// loaded runs f under load, and counts.
func (c *contestant) loaded(ctx context.Context, kinds []load.Load, rate float64, f func() error) error {
	loading, stop := context.WithCancel(ctx)
	defer stop()
	reports := make(chan load.Report, len(kinds))
	for _, kind := range kinds {
		go func() {
			r, _ := load.Run(loading, load.Config{Load: kind, Address: c.addr, Workers: 4, Rate: rate})
			reports <- r
		}()
	}
	err := f()
	stop()
	if c.failures == nil {
		c.failures = map[load.Kind]int64{}
	}
	for range kinds {
		r := <-reports
		c.requests += r.Requests
		c.failed += r.Failed()
		for kind, n := range r.Failures {
			c.failures[kind] += n
		}
	}
	return err
}
