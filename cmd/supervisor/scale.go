package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
)

func scaleCommand() *cobra.Command {
	var k client
	c := &cobra.Command{
		Use:               "scale SERVICE=N…",
		ValidArgsFunction: completeScale,
		Short:             "Run a service with N workers, wait, and print the verdict",
		Long: `Scale starts more workers of what serves, or tells some to drain, and waits until N of
them are ready. If one does not get ready, there are as many as before. A reload and
an upgrade keep the number, until workers in the config becomes another one than it is
now; a supervisor that is stopped and started begins with the config. SIGTTIN and
SIGTTOU give every service one worker more or less. Exit codes: 0 scaled, 2 no such
service or it cannot be scaled, 4 a worker did not get ready, 6 no supervisor answers.`,
		RunE: func(c *cobra.Command, args []string) error {
			wanted, err := scalings(args)
			if err != nil {
				return err
			}
			to, err := k.dial(c.Context())
			if err != nil {
				return err
			}
			worst := exitFine
			for _, s := range wanted {
				got, err := to.Scale(c.Context(), s)
				if err != nil {
					return err
				}
				printScaled(c.OutOrStdout(), got)
				worst = max(worst, codeOf(got.Verdict))
			}
			if worst != exitFine {
				return verdictError(worst)
			}
			return nil
		},
	}
	k.flags(c)
	return c
}

// scalings reads the command line.
func scalings(args []string) (all []control.Scaling, err error) {
	if len(args) == 0 {
		return nil, &usageError{"cannot scale: no service is named", "write, for example: supervisor scale web=2"}
	}
	for _, a := range args {
		name, text, _ := strings.Cut(a, "=")
		n, err := strconv.Atoi(text)
		if name == "" || err != nil || n < 1 || n > control.MaxWorkers {
			return nil, &usageError{
				fmt.Sprintf("cannot scale: found %q, want SERVICE=N with N from 1 to %d", a, control.MaxWorkers),
				"write, for example: supervisor scale web=2; to run none, take the service out of the config, and reload",
			}
		}
		all = append(all, control.Scaling{Service: name, Workers: n})
	}
	return all, nil
}

func printScaled(w io.Writer, s control.Scaled) {
	switch {
	case s.Outcome == lifecycle.Rescale:
		fmt.Fprintf(w, "%s: %s\n", s.Service, staff(s.Workers, s.Configured))
	case s.Workers == 0:
		fmt.Fprintf(w, "%s: %s: %s\n", s.Service, s.Outcome, s.Reason)
	default:
		text := string(s.Outcome)
		if s.Reason != "" {
			text += ": " + s.Reason
		}
		fmt.Fprintf(w, "%s: %s; %s, as before\n", s.Service, text, workers(s.Workers))
	}
}

// staff says how many workers there are to be, and what the config has to say.
func staff(n, configured int) string {
	if n == configured {
		return workers(n)
	}
	return fmt.Sprintf("%s; the config says %d: a reload keeps %d until workers is changed there", workers(n), configured, n)
}

func workers(n int) string {
	if n == 1 {
		return "1 worker"
	}
	return fmt.Sprintf("%d workers", n)
}

// completeScale offers the names of services, and no space behind them.
func completeScale(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	names, directive := completeServices(c, args, begun)
	for i := range names {
		names[i] += "="
	}
	return names, directive | cobra.ShellCompDirectiveNoSpace
}

// Scale is the answer to "supervisor scale".
func (d *daemon) Scale(ctx context.Context, s control.Scaling) (control.Scaled, error) {
	if err := d.line.await(ctx); err != nil {
		return control.Scaled{}, err
	}
	names, err := d.Names(ctx)
	if err != nil {
		return control.Scaled{}, err
	}
	if !slices.Contains(names, s.Service) {
		return control.Scaled{}, &control.UnknownServiceError{Service: s.Service, Known: names}
	}
	done, err := d.Supervisor.Scale(ctx, s.Service, s.Workers)
	if d.line.isGone() && (err != nil || done.Outcome == lifecycle.Ended) {
		return control.Scaled{}, d.line.succeeded() // there it is asked for once more
	}
	var fixed *supervise.FixedError
	if errors.As(err, &fixed) {
		return control.Scaled{}, &control.FixedError{Text: fixed.Error(), Tip: fixed.Hint()}
	}
	return control.Scaled{Service: s.Service, Configured: done.Configured, Verdict: done.Verdict}, err
}

// scaleOnSignal gives each service one worker more or less. In dev the signal is the
// terminal's, which sends it to what reads or writes in the background. During an
// upgrade it waits for whoever is in charge then.
func (d *daemon) scaleOnSignal(ctx context.Context, sig os.Signal) {
	if d.settings.mode == config.Dev {
		return
	}
	more := 1
	if actionOf(sig) == oneLess {
		more = -1
	}
	switch err := d.line.await(ctx); {
	case err == nil:
		d.ScaleAll(more, control.MaxWorkers)
	case d.line.isGone():
		d.line.tell(sig)
	}
}
