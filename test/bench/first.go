//go:build unix

package main

import (
	"context"
	"os"
	"time"
)

// pace is the time between two starts: long enough for what an earlier one left to do.
const pace = 100 * time.Millisecond

// start is one new process of the service, in parts.
type start struct {
	toMain   time.Duration // to the first line of its main function
	toReady  time.Duration // from there until it was ready
	toAnswer time.Duration // from there until a client had its first answer
	toAsked  time.Duration // in all until its first request was in the handler
}

func (s start) untilReady() time.Duration { return s.toMain + s.toReady }

func (s start) total() time.Duration { return s.toMain + s.toReady + s.toAnswer }

func (p *process) start(began, answered time.Time, asked time.Time) start {
	return start{p.began.Sub(began), p.ready.Sub(p.began), answered.Sub(p.ready), asked.Sub(began)}
}

// firstAnswers starts the service alternately by fork and exec, and by handoffs.
func (b *bench) firstAnswers(ctx context.Context, pairs int) (floor, ours []start, err error) {
	addr, socket, err := inheritable()
	if err != nil {
		return nil, nil, err
	}
	defer socket.Close()
	report := b.socket("floor")
	told, err := listenReports(report)
	if err != nil {
		return nil, nil, err
	}
	defer told.close()
	s, err := b.startRun(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer s.stop()
	for range pairs {
		f, err := b.byForkAndExec(ctx, told, report, addr, socket)
		if err != nil {
			return nil, nil, err
		}
		o, err := s.byHandoff(ctx)
		if err != nil {
			return nil, nil, err
		}
		floor, ours = append(floor, f), append(ours, o)
	}
	return floor, ours, nil
}

// byForkAndExec is the floor: a client waits in the queue of an inherited socket.
func (b *bench) byForkAndExec(ctx context.Context, told *reports, report, addr string, socket *os.File) (start, error) {
	if err := pause(ctx, pace); err != nil {
		return start{}, err
	}
	q, err := ask(addr)
	if err != nil {
		return start{}, err
	}
	cmd := b.command(report, "http", socket)
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return start{}, err
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	p, err := told.next(ctx)
	if err != nil {
		return start{}, err
	}
	_, answered, err := q.answer()
	if err != nil {
		return start{}, err
	}
	asked, err := await(ctx, p.first, "the first request")
	return p.start(began, answered, asked), err
}

// byHandoff is ours. The former process takes requests until it is told to drain,
// so from the moment at which the new one can take them, a client asks and asks
// on new connections until the new one answers.
func (s *supervised) byHandoff(ctx context.Context) (start, error) {
	if err := pause(ctx, pace); err != nil {
		return start{}, err
	}
	began := time.Now()
	if err := s.hangUp(); err != nil {
		return start{}, err
	}
	p, err := s.reports.next(ctx)
	if err != nil {
		return start{}, s.explain(err)
	}
	for {
		q, err := ask(p.addr)
		if err != nil {
			return start{}, err
		}
		pid, answered, err := q.answer()
		if err != nil {
			return start{}, err
		}
		if pid == p.pid {
			asked, err := await(ctx, p.first, "the first request")
			if err != nil {
				return start{}, err
			}
			return p.start(began, answered, asked), s.replace(ctx, p)
		}
	}
}

// pause waits, unless the benchmark is interrupted.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
