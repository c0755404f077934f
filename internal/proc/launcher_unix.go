//go:build unix

package proc

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The names by which the program's own binary knows what it was executed for.
const (
	launcherName = "supervisor-launcher"
	guardianName = "supervisor-guardian"
)

// Launcher starts processes. The zero value works.
type Launcher struct {
	// Guard, if set, ends the processes when this program is killed.
	Guard *Guardian

	once sync.Once
	warm chan *standby // holds the one that waits for its orders
	jobs sync.WaitGroup
}

// standby is a launcher that waits for its orders.
type standby struct {
	cmd    *exec.Cmd
	orders *net.UnixConn
}

func (l *Launcher) init() { l.once.Do(func() { l.warm = make(chan *standby, 1) }) }

// Prepare has a launcher ready for the next Start. It returns at once.
func (l *Launcher) Prepare() {
	l.init()
	if len(l.warm) > 0 {
		return
	}
	l.jobs.Go(func() {
		s, err := newStandby()
		if err != nil {
			return // Start will meet the same error and report it
		}
		select {
		case l.warm <- s:
		default:
			s.dismiss()
		}
	})
}

// Close ends the launcher that waits, if any. No Start may run or follow.
func (l *Launcher) Close() {
	l.init()
	l.jobs.Wait()
	select {
	case s := <-l.warm:
		s.dismiss()
	default:
	}
}

// Start runs a process as leader of a process group of its own. It returns when
// the program has been executed, or with a *StartError.
func (l *Launcher) Start(ctx context.Context, spec Spec) (*Process, error) {
	l.init()
	select {
	case s := <-l.warm:
		p, err := l.launch(ctx, s, spec)
		if !errors.Is(err, errLauncherGone) {
			return p, err
		}
	default:
	}
	s, err := newStandby()
	if err != nil {
		return nil, &StartError{spec.Path, err}
	}
	return l.launch(ctx, s, spec)
}

// errLauncherGone is a launcher that ended before it took an order.
var errLauncherGone = errors.New("the launcher is gone")

func (l *Launcher) launch(ctx context.Context, s *standby, spec Spec) (*Process, error) {
	pid := s.cmd.Process.Pid
	// The guardian must know of the group before the program can run.
	l.Guard.add(pid, spec.Mark)
	started := time.Now()
	trap, err := s.order(ctx, spec)
	if err != nil {
		s.dismiss()
		l.Guard.remove(pid)
		return nil, &StartError{spec.Path, err}
	}
	s.orders.Close()
	return &Process{cmd: s.cmd, mark: spec.Mark, guard: l.Guard, started: started, trap: trap}, nil
}

func newStandby() (*standby, error) {
	pair, err := socketpair()
	if err != nil {
		return nil, fmt.Errorf("cannot make a launcher's socket: %w", err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "orders")
	defer theirs.Close()
	ours := os.NewFile(uintptr(pair[0]), "orders")
	defer ours.Close()
	conn, err := net.FileConn(ours)
	if err != nil {
		return nil, fmt.Errorf("cannot make a launcher's socket: %w", err)
	}
	cmd := self(launcherName, theirs)
	if err := cmd.Start(); err != nil {
		conn.Close()
		return nil, fmt.Errorf("cannot start a launcher: %w", err)
	}
	return &standby{cmd, conn.(*net.UnixConn)}, nil
}

// self is this program executed once more, under another name, with f at fd 3, in
// a process group of its own: a terminal's Ctrl-C is not meant for it.
func self(name string, f *os.File) *exec.Cmd {
	return &exec.Cmd{
		Path: executable(),
		Args: []string{name},
		// One processor will do, and the fewer threads the sooner it is replaced by exec.
		Env:         append(os.Environ(), "GOMAXPROCS=1"),
		ExtraFiles:  []*os.File{f},
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
	}
}

func orderOf(spec Spec) order {
	o := order{Path: spec.Path, Args: spec.Args, Dir: spec.Dir, Env: spec.Env, PIDEnv: spec.PIDEnv, Trap: spec.Trap}
	if spec.Foreground {
		o.Group = unix.Getpgrp()
	}
	return o
}

// order has the launcher become the program. The launcher's end of the socket
// closes when exec succeeds; until then it carries the error.
func (s *standby) order(ctx context.Context, spec Spec) (r reports, err error) {
	if len(spec.FDs) > maxFDs {
		return r, fmt.Errorf("%d sockets are more than the %d that can be passed", len(spec.FDs), maxFDs)
	}
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(orderOf(spec)); err != nil {
		return r, err
	}
	message, err := frame(body.Bytes())
	if err != nil {
		return r, err
	}
	stop := context.AfterFunc(ctx, func() { s.orders.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	rights := unix.UnixRights(append([]int{spec.Stdin, spec.Stdout, spec.Stderr}, spec.FDs...)...)
	n, _, err := s.orders.WriteMsgUnix(message, rights, nil)
	if err != nil {
		return r, fmt.Errorf("%w: %w", errLauncherGone, err)
	}
	if n < len(message) { // else the program may run already, and its end be closed
		if _, err := s.orders.Write(message[n:]); err != nil {
			return r, fmt.Errorf("%w: %w", errLauncherGone, err)
		}
	}
	r, err = hear(s.orders)
	if ctx.Err() != nil {
		r.close()
		return reports{}, context.Cause(ctx)
	}
	return r, err
}

// dismiss ends a launcher, which does so when nobody can order it any more.
func (s *standby) dismiss() {
	s.orders.Close()
	s.cmd.Process.Kill()
	s.cmd.Wait()
}
