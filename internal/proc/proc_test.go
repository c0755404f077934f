//go:build unix

package proc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	switch os.Getenv("PROC_TEST_MASTER") {
	case "":
	case "limit":
		limited()
	case "asked":
		asked()
	default:
		master()
	}
	os.Exit(m.Run())
}

// pipe returns both ends; the reader fails the test instead of waiting for ever.
func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.SetReadDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

func start(t *testing.T, l *Launcher, spec Spec, script string) (*Process, *bufio.Reader) {
	t.Helper()
	r, w := pipe(t)
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	spec.Path, spec.Args = "/bin/sh", []string{"sh", "-c", script}
	spec.Stdin, spec.Stdout, spec.Stderr = int(null.Fd()), int(w.Fd()), 2
	p, err := l.Start(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	return p, bufio.NewReader(r)
}

func line(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	s, err := r.ReadString('\n')
	if err != nil {
		t.Fatalf("reading a line: %v (got %q)", err, s)
	}
	return strings.TrimSuffix(s, "\n")
}

func TestStart(t *testing.T) {
	var l Launcher
	dir := t.TempDir()
	p, out := start(t, &l, Spec{Dir: dir, Env: []string{"A=b c"}, PIDEnv: []string{"LISTEN_PID", "WATCHDOG_PID"}},
		`echo "$$ $LISTEN_PID $WATCHDOG_PID $A"; pwd; exit 3`)
	pid := strconv.Itoa(p.PID())
	if got, want := line(t, out), pid+" "+pid+" "+pid+" b c"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := line(t, out); got != dir {
		t.Errorf("runs in %q, want %q", got, dir)
	}
	if e := p.Wait(); e.Code != 3 || e.Reason != "exit status 3" {
		t.Errorf("exit %+v", e)
	}
}

// Many descriptors, more than there are numbers free below them: each must
// arrive at its place, unshuffled, and stay non-blocking.
func TestDescriptors(t *testing.T) {
	var l Launcher
	spec := Spec{}
	for i := range 30 {
		ln, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"+strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		raw, _ := ln.(*net.UnixListener).SyscallConn()
		raw.Control(func(fd uintptr) { spec.FDs = append(spec.FDs, int(fd)) })
	}
	p, out := start(t, &l, spec, `sleep 1000 & echo ready; wait`)
	defer func() { p.Kill(); p.Wait() }()
	line(t, out)
	for i, fd := range spec.FDs {
		ours, _ := os.Readlink("/dev/fd/" + strconv.Itoa(fd))
		theirs, err := os.Readlink("/proc/" + strconv.Itoa(p.PID()) + "/fd/" + strconv.Itoa(3+i))
		if err == nil && ours != theirs {
			t.Errorf("fd %d is %s, want %s", 3+i, theirs, ours)
		}
		if flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); flags&unix.O_NONBLOCK == 0 {
			t.Errorf("fd %d blocks now", fd)
		}
	}
	open, _ := os.ReadDir("/proc/" + strconv.Itoa(p.PID()) + "/fd")
	if !closesInherited {
		open = nil
	}
	for _, f := range open {
		if n, _ := strconv.Atoi(f.Name()); n > 32 {
			where, _ := os.Readlink("/proc/" + strconv.Itoa(p.PID()) + "/fd/" + f.Name())
			t.Errorf("leaked fd %d: %s", n, where)
		}
	}
}

func TestStartErrors(t *testing.T) {
	var l Launcher
	script := filepath.Join(t.TempDir(), "script")
	os.WriteFile(script, []byte("#!/bin/sh\n"), 0o600)
	for name, c := range map[string]struct {
		spec Spec
		want error
	}{
		"missing":        {Spec{Path: "/no/such/program"}, syscall.ENOENT},
		"not executable": {Spec{Path: script}, syscall.EACCES},
		"no directory":   {Spec{Path: "/bin/sh", Dir: "/no/such/dir"}, syscall.ENOENT},
	} {
		t.Run(name, func(t *testing.T) {
			c.spec.Args = []string{c.spec.Path}
			_, err := l.Start(t.Context(), c.spec)
			var start *StartError
			if !errors.As(err, &start) || !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	for name, spec := range map[string]Spec{
		"an argument":     {Path: "/bin/sh", Args: []string{"sh", "a\x00b"}},
		"the environment": {Path: "/bin/sh", Env: []string{"A=a\x00b"}},
	} {
		if _, err := l.Start(t.Context(), spec); err == nil {
			t.Errorf("started with a zero byte in %s", name)
		}
	}
}

// What the leader leaves is gone when Wait returns: its group, and on Linux what
// moved to a session of its own.
func TestWaitEndsTheTree(t *testing.T) {
	var l Launcher
	mark := "PROC_MARK=" + strconv.Itoa(os.Getpid()) + t.Name()
	p, out := start(t, &l, Spec{Env: []string{mark, "PATH=" + os.Getenv("PATH")}, Mark: mark},
		`sleep 1000 & echo $!; setsid sleep 1000 & echo $!; read x < /dev/zero`)
	children := []string{line(t, out), line(t, out)}
	for _, c := range children {
		if pid, _ := strconv.Atoi(c); !p.Contains(pid) {
			t.Errorf("child %s is not known as one", c)
		}
	}
	if p.Contains(os.Getpid()) || p.Contains(1) {
		t.Error("a stranger is taken for a child")
	}
	p.Kill()
	if e := p.Wait(); e.Reason != "signal: killed" {
		t.Errorf("exit %+v", e)
	}
	for _, c := range children {
		gone(t, c)
	}
}

// gone waits until a process is no more, or only a zombie that its reaper is late for.
func gone(t *testing.T, pid string) {
	t.Helper()
	n, _ := strconv.Atoi(pid)
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if errors.Is(err, os.ErrNotExist) && unix.Kill(n, 0) == unix.ESRCH {
			return
		}
		if _, after, ok := strings.Cut(string(stat), ") "); ok && strings.HasPrefix(after, "Z") {
			return
		}
	}
	t.Errorf("process %s still lives", pid)
}

// master is a program that starts a tree under a guardian and waits to be killed.
func master() {
	g, err := NewGuardian()
	if err != nil {
		panic(err)
	}
	l := Launcher{Guard: g}
	_, err = l.Start(context.Background(), Spec{Path: "/bin/sh", Args: []string{"sh", "-c", `echo $$; sleep 1000 & echo $!; read x < /dev/zero`},
		Env: os.Environ(), Stdin: 0, Stdout: 1, Stderr: 2})
	if err != nil {
		panic(err)
	}
	select {}
}

// asked is a program that says that it was asked to end, and ends.
func asked() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	fmt.Fprintln(os.NewFile(3, ""), "ready")
	<-c
	fmt.Println("child asked")
	os.Exit(0)
}

func TestGuardian(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PROC_TEST_MASTER=1")
	r, w := pipe(t)
	cmd.Stdout, cmd.Stderr = w, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	out := bufio.NewReader(r)
	pids := []string{line(t, out), line(t, out)}
	cmd.Process.Kill()
	cmd.Wait()
	for _, pid := range pids {
		gone(t, pid)
	}
}

func TestNoLeaks(t *testing.T) {
	var l Launcher
	count := func() int {
		d, _ := os.ReadDir("/dev/fd")
		return len(d)
	}
	round := func() {
		p, out := start(t, &l, Spec{}, `exit 0`)
		io.Copy(io.Discard, out)
		p.Wait()
		l.Start(t.Context(), Spec{Path: "/no/such/program", Args: []string{"x"}, Stdout: 1, Stderr: 2})
	}
	round()
	before := count()
	for range 30 {
		round()
	}
	// start's own pipe ends stay open until the test ends: one a round.
	if after := count(); after > before+30 {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

// Processes that are forked at the same moment must not hold each other's sockets:
// each start returns, and its program runs once.
func TestManyStartsAtOnce(t *testing.T) {
	var l Launcher
	r, w := pipe(t)
	var starts sync.WaitGroup
	const many = 100
	for range many {
		starts.Go(func() {
			p, err := l.Start(t.Context(), Spec{Path: "/bin/sh", Args: []string{"sh", "-c", "echo here"}, Stdout: int(w.Fd()), Stderr: 2})
			if err != nil {
				t.Error(err)
				return
			}
			p.Wait()
		})
	}
	starts.Wait()
	w.Close()
	out, err := io.ReadAll(r)
	if n := strings.Count(string(out), "here"); n != many || err != nil {
		t.Errorf("%d starts ran %d programs, %v", many, n, err)
	}
}

// limited is a program that starts another, which says how many files it may open.
func limited() {
	var l Launcher
	p, err := l.Start(context.Background(), Spec{Path: "/bin/sh", Args: []string{"sh", "-c", "ulimit -S -n; ulimit -H -n"}, Stdin: 0, Stdout: 1, Stderr: 2})
	if err != nil {
		panic(err)
	}
	os.Exit(p.Wait().Code)
}

// Package os raises our own limit of open files. What we start has the one that we
// were started with.
func TestOpenFiles(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", `ulimit -S -n 300; ulimit -H -n 400; exec "$0"`, os.Args[0])
	cmd.Env = append(os.Environ(), "PROC_TEST_MASTER=limit")
	out, err := cmd.CombinedOutput()
	if got := string(out); err != nil || got != "300\n400\n" {
		t.Errorf("got %q, %v", got, err)
	}
}
