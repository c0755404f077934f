package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/doctor"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
)

// try runs the command of the command line once, unless something that was found keeps
// it from running at all.
func (s *settings) try(ctx context.Context, f *doctor.Facts, progress io.Writer) (err error) {
	c, ok := s.triable(f)
	if !ok {
		return nil
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, terminate)
	defer stop()
	dir, err := ownDir()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	guardian, err := proc.NewGuardian()
	if err != nil {
		return err
	}
	defer guardian.Close()
	y, err := supervise.NewSystem(filepath.Join(dir, "notify"), guardian)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, y.Close()) }()
	fmt.Fprintf(progress, "running %s once, for up to %v and, to end, %v\n", c.Name, c.Ready.Timeout, c.Drain.Timeout)
	d := &daemon{settings: s, place: dir}
	trial := doctor.Try(ctx, y, d.service(c))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f.Trial = &trial
	return nil
}

func (s *settings) triable(f *doctor.Facts) (config.Service, bool) {
	if s.command == nil || f.ConfigErr != nil || f.Config == nil {
		return config.Service{}, false
	}
	for _, c := range f.Commands {
		if c.Path == "" {
			return config.Service{}, false
		}
	}
	for _, a := range f.Addresses {
		if a.Err != nil {
			return config.Service{}, false
		}
	}
	for _, c := range f.Config.Services {
		if len(c.Command) > 0 && c.Command[0] == s.command[0] {
			return c, true
		}
	}
	return config.Service{}, false
}
