//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// supervised is a supervisor with the service.
type supervised struct {
	cmd     *exec.Cmd
	exited  chan error
	log     string
	reports *reports
	serving *process
}

// startRun starts `supervisor run --listen … -- ./service`.
func (b *bench) startRun(ctx context.Context) (*supervised, error) {
	return b.supervise(ctx, "run", func(report string) ([]string, error) {
		return []string{"run", "--listen", "http=tcp://127.0.0.1:0", "--", b.service, "-addr", "http", "-report", report}, nil
	})
}

// startDev starts `supervisor dev`, which builds the service and watches its sources.
func (b *bench) startDev(ctx context.Context) (*supervised, error) {
	return b.supervise(ctx, "dev", func(report string) ([]string, error) {
		config := filepath.Join(b.dir, "dev.toml")
		text := fmt.Sprintf("[services.service]\nlisten = [\"http=tcp://127.0.0.1:0\"]\ndir = %q\npackage = \".\"\nargs = [\"-addr\", \"http\", \"-report\", %q]\n",
			filepath.Join(b.module, "test", "bench", "service"), report)
		return []string{"dev", "-c", config}, os.WriteFile(config, []byte(text), 0o600)
	})
}

// supervise starts a supervisor in a process group of its own: a Ctrl-C is for the
// benchmark, which then stops what it started.
func (b *bench) supervise(ctx context.Context, name string, args func(report string) ([]string, error)) (*supervised, error) {
	report := b.socket(name)
	words, err := args(report)
	if err != nil {
		return nil, err
	}
	s := &supervised{exited: make(chan error, 1), log: filepath.Join(b.dir, name+".log")}
	out, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	if s.reports, err = listenReports(report); err != nil {
		return nil, err
	}
	s.cmd = exec.Command(b.supervisor, words...)
	s.cmd.Stdout, s.cmd.Stderr = out, out
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// CACHE_DIRECTORY is where dev keeps what it builds.
	s.cmd.Env = append(os.Environ(), "SUPERVISOR_CONTROL="+b.socket("control"), "CACHE_DIRECTORY="+b.dir)
	if err := s.cmd.Start(); err != nil {
		s.reports.close()
		return nil, err
	}
	go func() { s.exited <- s.cmd.Wait() }()
	if s.serving, err = s.reports.next(ctx); err != nil {
		s.stop()
		return nil, s.explain(err)
	}
	return s, nil
}

// explain adds what the supervisor said last.
func (s *supervised) explain(err error) error {
	said, _ := os.ReadFile(s.log)
	return fmt.Errorf("%w; the supervisor said:\n%s", err, said[max(0, len(said)-2000):])
}

func (s *supervised) hangUp() error { return s.cmd.Process.Signal(syscall.SIGHUP) }

// handOff asks for a new generation, and waits until the old one is gone.
func (s *supervised) handOff(ctx context.Context) error {
	if err := s.hangUp(); err != nil {
		return err
	}
	_, err := s.succeed(ctx)
	return err
}

// succeed waits until the next process is ready and the one before is gone.
func (s *supervised) succeed(ctx context.Context) (*process, error) {
	next, err := s.reports.next(ctx)
	if err != nil {
		return nil, s.explain(err)
	}
	return next, s.replace(ctx, next)
}

// replace waits until the former process is gone.
func (s *supervised) replace(ctx context.Context, next *process) error {
	former := s.serving
	s.serving = next
	if _, err := await(ctx, former.gone, "the former process to drain"); err != nil {
		return s.explain(err)
	}
	return nil
}

// stop ends everything: kindly, then by "kill now", then by force.
func (s *supervised) stop() {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGQUIT, os.Kill} {
		s.cmd.Process.Signal(signal)
		select {
		case <-s.exited:
			s.reports.close()
			return
		case <-time.After(10 * time.Second):
		}
	}
	s.reports.close()
}
