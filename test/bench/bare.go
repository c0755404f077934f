//go:build unix

package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"slices"
	"syscall"
)

// bare is the service without a supervisor.
type bare struct {
	*process
	cmd     *exec.Cmd
	reports *reports
}

// startBare starts the service on an address of its own.
func (b *bench) startBare(ctx context.Context) (*bare, error) {
	s := &bare{}
	report := b.socket("bare")
	var err error
	if s.reports, err = listenReports(report); err != nil {
		return nil, err
	}
	s.cmd = b.command(report, "127.0.0.1:0")
	if err := s.cmd.Start(); err != nil {
		s.reports.close()
		return nil, err
	}
	if s.process, err = s.reports.next(ctx); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *bare) stop() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.reports.close()
}

// command is the service, in a process group of its own, with files from fd 3 up.
func (b *bench) command(report, addr string, files ...*os.File) *exec.Cmd {
	cmd := exec.Command(b.service, "-addr", addr, "-report", report)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.ExtraFiles = files
	cmd.Stderr = os.Stderr
	cmd.Env = slices.Clone(os.Environ())
	if len(files) > 0 {
		cmd.Env = append(cmd.Env, "LISTEN_FDS=1", "LISTEN_FDNAMES=http", "LISTEN_PID=self")
	}
	return cmd
}

// inheritable opens a socket as the supervisor does, for a process to inherit.
func inheritable() (addr string, file *os.File, err error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	defer l.Close()
	file, err = l.(*net.TCPListener).File()
	return l.Addr().String(), file, err
}
