package adopt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/load"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

func init() {
	tricks["may not use seccomp"] = func(string) error {
		if err := denySeccomp(); err != nil {
			return err
		}
		var l proc.Launcher
		p, err := l.Start(context.Background(), proc.Spec{Path: "/bin/true", Args: []string{"true"}, Stdin: 0, Stdout: 1, Stderr: 2, Trap: true})
		if err != nil {
			return err
		}
		if exit := p.Wait(); exit.Code != 0 {
			return fmt.Errorf("without a trap it ends with %v", exit)
		}
		if file, err := p.Trap(); file != nil || !errors.Is(err, errors.ErrUnsupported) || !errors.Is(err, unix.EPERM) {
			return fmt.Errorf("the trap is %v, %w", file, err)
		}
		return nil
	}
	tricks["binds a path twice"] = func(addr string) error {
		path := pathFor(addr)
		defer os.Remove(path)
		l, err := net.Listen("unix", path)
		if err != nil {
			return err
		}
		defer l.Close()
		return refused(net.Listen("unix", path))
	}
	tricks["binds a path that is taken"] = func(addr string) error {
		path := pathFor(addr)
		defer os.Remove(path)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			return err
		}
		return refused(net.Listen("unix", path))
	}
	tricks["closes a path and binds it again"] = func(addr string) error {
		path := pathFor(addr)
		for range 3 {
			l, err := net.Listen("unix", path) // removed when it is closed
			if err != nil {
				return err
			}
			if c, err := net.Dial("unix", path); err != nil {
				return err
			} else {
				c.Close()
			}
			l.Close()
		}
		return nil
	}
	tricks["binds where there is no directory"] = func(addr string) error {
		l, err := net.Listen("unix", pathFor(addr)+"/none/s")
		if !errors.Is(err, unix.ENOENT) {
			return fmt.Errorf("it listens as %v: %w", l, err)
		}
		return nil
	}
	tricks["removes what is not there"] = func(addr string) error {
		if err := os.Remove(pathFor(addr)); !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := unix.Unlink(""); err != unix.ENOENT {
			return fmt.Errorf("unlink says %w", err)
		}
		if _, _, e := unix.Syscall(unix.SYS_UNLINKAT, 0, 1, 0); e != unix.ENOTDIR && e != unix.EFAULT {
			return fmt.Errorf("unlinkat says %w", e)
		}
		return nil
	}
}

// pathFor is one that nobody else uses.
func pathFor(addr string) string {
	return filepath.Join(os.TempDir(), "adopt-"+strings.ReplaceAll(addr, ":", "-"))
}

// denySeccomp has seccomp(2) fail in all threads, as in some containers.
func denySeccomp() error {
	program := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_SECCOMP, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	_, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&prog)))
	if e != 0 {
		return e
	}
	return nil
}

// serveFamily listens at the first address, and a child of its at the second.
func serveFamily(first, second string) error {
	child := exec.Command("/proc/self/exe", "serve", second)
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		return err
	}
	serve(first)
	return nil
}

// daemonise leaves a child that serves, in a session of its own, and ends.
func daemonise(addr string) error {
	child := exec.Command("/proc/self/exe", "serve", addr)
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		return err
	}
	if err := reachable("tcp", addr); err != nil {
		return err
	}
	os.Exit(0)
	return nil
}

// reachable waits until somebody listens.
func reachable(network, addr string) (err error) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		var c net.Conn
		if c, err = net.Dial(network, addr); err == nil {
			return c.Close()
		}
	}
	return err
}

// What a service starts, and what that binds, goes with it; so do all of its ports.
func TestHandoffOfSeveral(t *testing.T) {
	for name, c := range map[string]struct{ mode string }{
		"three ports":         {"serve"},
		"a child that serves": {"family"},
	} {
		t.Run(name, func(t *testing.T) {
			ways(t, func(t *testing.T, steer func() steering) {
				b := benchBy(t, steer)
				addrs := []string{freeAddress(t), freeAddress(t), freeAddress(t)}
				args := []string{c.mode, strings.Join(addrs, ",")}
				if c.mode == "family" {
					addrs = addrs[:2]
					args = append([]string{c.mode}, addrs...)
				}
				old := b.start(args...)
				old.awaitAll(addrs)
				old.steer()
				var ends []func() load.Report
				for _, addr := range addrs {
					ends = append(ends, b.loaded(load.Config{Load: load.HTTP, Path: "/?d=150ms", Address: addr, Workers: 32, Rate: 100}))
				}
				for range 5 {
					next := b.start(args...)
					next.await()
					next.steer()
					old.quiesce()
					old.end()
					old = next
				}
				for i, end := range ends {
					if r := end(); r.Requests == 0 || r.Failed() != 0 {
						t.Errorf("at %s want no loss: %v", addrs[i], r)
					}
				}
			})
		})
	}
}

// awaitAll waits for all ports of a first generation.
func (c *started) awaitAll(addrs []string) {
	c.b.Helper()
	for deadline := time.Now().Add(patience); len(c.learnt()) < len(addrs); {
		if time.Now().After(deadline) {
			c.b.Fatalf("learnt: %v", c.learnt())
		}
	}
}

func (c *started) learnt() []Learnt { return c.b.table.Learnt() }

// What daemonises leaves the tree that is looked after: it ends, and nothing of it is
// left, neither in the table nor at its address.
func TestDaemon(t *testing.T) {
	b, addr := newBench(t), freeAddress(t)
	c := b.start("daemon", addr)
	select {
	case <-c.gone:
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
	if err := b.table.Steer(c.Generation + 1); err != nil {
		t.Fatal(err)
	}
	if all := b.table.Learnt(); len(all) > 0 {
		t.Errorf("left: %v", all)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}
