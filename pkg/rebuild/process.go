package rebuild

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// grace is how long a command's process group has to end by itself: after it
// was asked to, and after its leader has gone.
const grace = 2 * time.Second

// process is a running command and all of its process group.
//
//	          leader exits                     grace over, or
//	running ───────────────▶ settling ──────── output closed ──▶ killed ──▶ reaped
//	   └──── context ends: terminate ──▲
//
// The leader is reaped last. While it is a zombie nobody else can get its
// process id, and so signals to the group cannot reach a stranger.
type process struct {
	leader  *os.Process
	group   *group
	outputs []*os.File    // our ends of its pipes
	exited  chan struct{} // closed when the leader is a zombie
	silent  chan struct{} // closed when nobody can write to the pipes any more
	waitErr error         // why exited cannot be told; read it after exited
	ended   func()        // Start's
}

// run runs cmd in a process group of its own, and returns when all of the group
// is gone. What is left of it when the leader exits gets as long as it holds an
// output open, at most grace. stdout and stderr may be the same writer.
//
// If ctx ends, the group is ended: asked to first, so that make removes
// half-made targets, then killed. The error then matches that of ctx.
func run(ctx context.Context, with Start, cmd *exec.Cmd, stdout, stderr io.Writer) error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	p, err := with.process(cmd, stdout, stderr)
	if err != nil {
		return err
	}
	interrupted := p.settle(ctx)
	err = p.reap()
	if interrupted {
		return ended(ctx)
	}
	return err
}

// Start starts a command as cmd.Start does, and returns its process, which leads a
// process group of its own (cmd.SysProcAttr says so; a job object on Windows), and what is
// to be called when the group has ended, before its id can be another's. It is for
// somebody who ends commands if this program is killed, and who must know of one before
// it can do anything. nil is cmd.Start.
type Start func(cmd *exec.Cmd) (leader *os.Process, ended func(), err error)

func (s Start) start(cmd *exec.Cmd) (leader *os.Process, ended func(), err error) {
	if s != nil {
		return s(cmd)
	}
	err = cmd.Start()
	return cmd.Process, func() {}, err
}

func (s Start) process(cmd *exec.Cmd, stdout, stderr io.Writer) (*process, error) {
	// With a process group the kernel's error for a missing directory names
	// the program.
	if _, err := os.Stat(cmd.Dir); err != nil {
		return nil, fmt.Errorf("cannot run in %s: %w", cmd.Dir, errors.Unwrap(err))
	}
	p := &process{group: newGroup(cmd), exited: make(chan struct{}), silent: make(chan struct{})}
	var copies sync.WaitGroup
	theirs, err := p.connect(cmd, &copies, stdout, stderr)
	if err == nil {
		p.leader, p.ended, err = s.start(cmd)
	}
	for _, f := range theirs {
		f.Close()
	}
	if err != nil {
		p.group.free()
		p.disconnect()
		copies.Wait()
		return nil, fmt.Errorf("cannot start: %w", err)
	}
	p.group.began(p.leader)
	go func() { defer close(p.silent); copies.Wait() }()
	go func() { defer close(p.exited); p.waitErr = awaitExit(p.leader) }()
	return p, nil
}

// connect makes the pipes, and starts copying from them. It returns the ends
// that the command gets, also with an error.
func (p *process) connect(cmd *exec.Cmd, copies *sync.WaitGroup, stdout, stderr io.Writer) (theirs []*os.File, err error) {
	pipe := func(to io.Writer) (*os.File, error) {
		ours, its, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		p.outputs, theirs = append(p.outputs, ours), append(theirs, its)
		copies.Go(func() { io.Copy(to, ours) })
		return its, nil
	}
	out, err := pipe(stdout)
	if err != nil {
		return theirs, err
	}
	cmd.Stdout, cmd.Stderr = out, out
	if stderr == stdout {
		return theirs, nil
	}
	out, err = pipe(stderr)
	cmd.Stderr = out
	return theirs, err
}

func (p *process) disconnect() {
	for _, f := range p.outputs {
		f.Close()
	}
}

// settle returns when the leader has exited and nobody holds its outputs, or
// when grace is over. It reports whether ctx ended before the leader did.
func (p *process) settle(ctx context.Context) (interrupted bool) {
	done, exited, silent := ctx.Done(), p.exited, p.silent
	var late <-chan time.Time
	for exited != nil || silent != nil {
		select {
		case <-exited:
			exited, late = nil, time.After(grace)
		case <-silent:
			silent = nil
		case <-done:
			done, late = nil, time.After(grace)
			interrupted = exited != nil
			p.group.terminate(p.leader)
		case <-late:
			return interrupted
		}
	}
	return interrupted
}

// reap kills what is left, and returns how the leader ended.
func (p *process) reap() error {
	p.group.kill(p.leader)
	<-p.exited
	p.ended()
	state, err := p.leader.Wait()
	if err == nil && !state.Success() {
		err = &exec.ExitError{ProcessState: state}
	}
	p.disconnect() // ends the copying even if a daemon holds the other ends
	<-p.silent
	p.group.await(p.leader.Pid)
	if p.waitErr != nil {
		return fmt.Errorf("cannot watch the process: %w", p.waitErr)
	}
	return err
}
