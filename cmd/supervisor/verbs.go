package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
)

// client is the command line of the verbs that speak to a supervisor that runs.
type client struct {
	files   []string
	control string
}

func (k *client) flags(c *cobra.Command) {
	c.Flags().StringArrayVarP(&k.files, "config", "c", nil, "the first config `FILE` of the supervisor that is meant")
	controlFlag(c, &k.control)
}

func (k *client) dial(ctx context.Context) (*control.Client, error) {
	o := control.PathOptions{Control: k.control}
	if len(k.files) > 0 {
		o.Config = k.files[0]
	}
	path, err := control.Find(ctx, o)
	if err != nil {
		return nil, err
	}
	return control.NewClient(path), nil
}

func reloadCommand() *cobra.Command {
	var k client
	c := &cobra.Command{
		Use:               "reload [SERVICE…]",
		ValidArgsFunction: completeServices,
		Short:             "Build and hand off, wait, and print the verdict",
		Long: `Reload reads the config again, builds if there is a build, hands the services off
(all of them if none is named), and waits for the verdicts. Exit codes: 0 promoted,
2 bad config or no such service, 3 build failed, 4 not ready or exited, 5 rolled
back, 6 no supervisor answers. With 2 to 5 what served before still does. On a terminal
it shows what happens on the way.`,
		RunE: func(c *cobra.Command, args []string) error {
			to, err := k.dial(c.Context())
			if err != nil {
				return err
			}
			results, err := reload(c, to, args)
			if err != nil {
				return err
			}
			return printResults(c.OutOrStdout(), results)
		},
	}
	k.flags(c)
	return c
}

// reload shows somebody at a terminal what happens until the verdict.
func reload(c *cobra.Command, to *control.Client, services []string) ([]control.Result, error) {
	err := c.ErrOrStderr()
	if err != os.Stderr || !telemetry.Terminal(os.Stderr) {
		return to.Reload(c.Context(), services)
	}
	log := telemetry.New(telemetry.Options{Out: err, Color: telemetry.Colored(os.Stderr)})
	return to.ReloadTelling(c.Context(), services, func(e control.Event) { show(log, e) })
}

// show is an event as the supervisor's own log has it.
func show(log *telemetry.Logger, e control.Event) {
	if e.Event == control.EventOutput {
		log.Line(e.Time, e.Service, e.Generation, e.Message)
		return
	}
	r := telemetry.Report{
		Service: e.Service, Time: e.Time, Kind: e.Event, Generation: e.Generation, PID: e.PID,
		Serving: e.Serving, Took: time.Duration(e.Took), Text: e.Text,
	}
	if e.Err != "" {
		r.Err = errors.New(e.Err)
	}
	if e.Event == control.EventMissed {
		r.Kind, r.Text = telemetry.Notice, e.Message
	}
	for _, p := range e.Problems {
		r.Problems = append(r.Problems, telemetry.Problem{File: p.File, Line: p.Line, Column: p.Column, Message: p.Message})
	}
	log.Report(r)
}

func printResults(w io.Writer, results []control.Result) error {
	worst := exitFine
	for _, r := range results {
		fmt.Fprintf(w, "%s: %s\n", r.Service, sentence(r.Verdict))
		worst = max(worst, codeOf(r.Verdict))
	}
	if worst != exitFine {
		return verdictError(worst)
	}
	return nil
}

// sentence says a verdict to a person.
func sentence(v lifecycle.Verdict) string {
	text := string(v.Outcome)
	switch v.Outcome {
	case lifecycle.Promoted:
		if v.Reason != "" {
			return fmt.Sprintf("promoted generation %d: %s", v.Generation, v.Reason)
		}
		return fmt.Sprintf("promoted generation %d", v.Generation)
	case lifecycle.Unchanged:
		if v.Artifact != "" {
			return fmt.Sprintf("unchanged: generation %d serves already: %s", v.Serving, v.Reason)
		}
		return fmt.Sprintf("unchanged: generation %d serves what the build makes", v.Serving)
	case lifecycle.Superseded:
		text = fmt.Sprintf("superseded by generation %d, %s", v.By, v.Final)
	}
	if v.Reason != "" {
		text += ": " + v.Reason
	}
	if v.Serving == 0 {
		return text + "; nothing serves"
	}
	return fmt.Sprintf("%s; generation %d serves", text, v.Serving)
}

func stopCommand() *cobra.Command {
	var k client
	c := &cobra.Command{
		Use:   "stop",
		Short: "Drain everything, wait for it, and end the supervisor",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			to, err := k.dial(c.Context())
			if err != nil {
				return err
			}
			return to.Stop(c.Context())
		},
	}
	k.flags(c)
	return c
}

func configCommand() *cobra.Command {
	s := &settings{mode: "run"}
	var dev bool
	c := &cobra.Command{
		Use:   "config [PACKAGE | -- COMMAND…]",
		Short: "Print the effective config, and where each value comes from",
		RunE: func(c *cobra.Command, args []string) error {
			if dev {
				s.mode = "dev"
			}
			if err := s.words(c, args); err != nil {
				return err
			}
			conf, err := s.load(c.Context())
			if err != nil {
				return err
			}
			return printConfig(c.OutOrStdout(), conf)
		},
	}
	s.flags(c)
	c.Flags().BoolVar(&dev, "dev", false, "as dev would have it; otherwise as run would")
	return c
}
