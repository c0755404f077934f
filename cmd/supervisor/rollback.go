package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
)

func rollbackCommand() *cobra.Command {
	var k client
	c := &cobra.Command{
		Use:               "rollback SERVICE",
		ValidArgsFunction: completeServices,
		Short:             "Put the version back in service that served before, and print the verdict",
		Long: `Rollback starts the artifact that served before the one that does, waits until it is
ready, and drains the other, as a reload does but for the build. It uses the config in
force and reads none. Used again it goes back one further. During a reload it goes back
to what still serves. It holds until the next reload or save, over a restart of the
supervisor as well. Exit codes: 0 promoted, 2 no such service or nothing to go back to,
4 not ready or exited, 5 rolled back, 6 no supervisor answers. With 2 to 5 what served
before still does.`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{"cannot roll back without the name of one service", "supervisor rollback SERVICE; supervisor status lists them"}
			}
			to, err := k.dial(c.Context())
			if err != nil {
				return err
			}
			result, err := to.Rollback(c.Context(), args[0])
			if err != nil {
				return err
			}
			return printResults(c.OutOrStdout(), []control.Result{result})
		},
	}
	k.flags(c)
	return c
}

// Rollback is the answer to "supervisor rollback".
func (d *daemon) Rollback(ctx context.Context, name string) (control.Result, error) {
	if err := d.line.await(ctx); err != nil {
		return control.Result{}, err
	}
	known, err := d.Names(ctx)
	if err != nil {
		return control.Result{}, err
	}
	if !slices.Contains(known, name) {
		return control.Result{}, &control.UnknownServiceError{Service: name, Known: known}
	}
	verdict, err := d.Supervisor.Rollback(ctx, name)
	if d.line.isGone() && !served([]lifecycle.Verdict{verdict}) {
		return control.Result{}, d.line.succeeded()
	}
	var none *supervise.NoRollbackError
	if errors.As(err, &none) {
		err = &control.NoRollbackError{Text: none.Error(), Tip: none.Hint()}
	}
	if err != nil {
		return control.Result{}, err
	}
	return control.Result{Service: name, Verdict: verdict}, nil
}
