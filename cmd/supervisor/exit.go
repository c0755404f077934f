package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// Exit codes, which scripts act on.
const (
	exitFine         = 0 // promoted, or nothing to do
	exitUnexpected   = 1
	exitUsage        = 2 // the command line, the config, or an address that it names
	exitBuildFailed  = 3 // what served before still serves
	exitNotReady     = 4 // never ready, or exited; what served before still serves
	exitRolledBack   = 5
	exitNoSupervisor = 6
	exitLost         = 7 // prove: requests failed
)

// usageError is a command line that cannot be followed.
type usageError struct{ text, hint string }

func (e *usageError) Error() string { return e.text }
func (e *usageError) Hint() string  { return e.hint }

// verdictError carries an exit code whose reason has been printed already.
type verdictError int

func (e verdictError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// beginError is why nothing could be begun: an address that cannot be listened on.
type beginError struct{ error }

func (e *beginError) Unwrap() error { return e.error }

func exitCode(err error) int {
	var (
		verdict   verdictError
		usage     *usageError
		bad       *config.Error
		refused   *control.ConfigError
		unknown   *control.UnknownServiceError
		fixed     *control.FixedError
		ambiguous *control.AmbiguousError
		begin     *beginError
		second    *control.InUseError
		upgrade   *control.UpgradeError
		none      *control.NoRollbackError
	)
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return exitFine
	case errors.As(err, &verdict):
		return int(verdict)
	case errors.As(err, &usage), errors.As(err, &bad), errors.As(err, &refused), errors.As(err, &unknown), errors.As(err, &fixed),
		errors.As(err, &ambiguous), errors.As(err, &begin), errors.As(err, &second), errors.As(err, &none):
		return exitUsage
	case errors.As(err, &upgrade):
		return exitNotReady
	case errors.Is(err, control.ErrNoSupervisor):
		return exitNoSupervisor
	}
	return exitUnexpected
}

// codeOf is the exit code of one verdict.
func codeOf(v lifecycle.Verdict) int {
	switch v.Decisive() {
	case lifecycle.Promoted, lifecycle.Unchanged, lifecycle.Rescale:
		return exitFine
	case lifecycle.BuildBroken:
		return exitBuildFailed
	case lifecycle.NotReady, lifecycle.Died:
		return exitNotReady
	case lifecycle.RolledBack:
		return exitRolledBack
	}
	return exitUnexpected
}

// complain prints an error, and a hint on how to go on if it has one.
func complain(w io.Writer, err error) {
	var printed verdictError
	if err == nil || errors.As(err, &printed) || errors.Is(err, context.Canceled) {
		return
	}
	fmt.Fprintf(w, "supervisor: error: %v\n", err)
	if h := hintOf(err); h != "" {
		fmt.Fprintf(w, "supervisor: hint: %s\n", h)
	}
}

func hintOf(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	if errors.Is(err, control.ErrNoSupervisor) {
		return "start one with: supervisor run, or: supervisor dev; or say which with -c FILE or --control PATH"
	}
	var inUse *listener.InUseError
	if errors.As(err, &inUse) {
		return "end that program, or choose another address"
	}
	return ""
}
