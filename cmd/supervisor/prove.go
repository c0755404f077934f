package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/prove"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// proof is the command line of prove.
type proof struct {
	settings
	service string
	options prove.Options
	json    bool
	html    string
}

func proveCommand() *cobra.Command {
	p := &proof{settings: settings{mode: config.Run, verb: "prove"}}
	c := &cobra.Command{
		Use:   "prove [-- COMMAND…]",
		Short: "Show whether handoffs of your service lose requests",
		Long: `Prove starts a supervisor of its own that runs the service as "supervisor run" would,
puts load on its sockets, hands it off again and again, and says how many requests
failed, when, and what in the service would mend it. A supervisor that runs already is
left alone. HTTP is asked for the paths that --path names; an answer with a status
below 500 is one, whatever it says. Other services are connected to, and sent a line if
they answer lines. Ctrl-C ends it with what was seen until then.
Exit codes: 0 no request failed, 7 some did, 2 to 5 as of run and reload if the service
does not start or a handoff comes to nothing.`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.words(c, args); err != nil {
				return err
			}
			return p.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringArrayVarP(&p.files, "config", "c", nil, "config `FILE`; may be repeated, later ones override earlier ones")
	f.StringVar(&p.profile, "profile", "", "`NAME` of the profile to use (also $SUPERVISOR_PROFILE)")
	f.StringArrayVar(&p.listen, "listen", nil, "`ADDRESS` to listen on instead of those of the config; may be repeated")
	f.StringVar(&p.service, "service", "", "`NAME` of the service to hand off, if the config has several")
	f.IntVar(&p.options.Handoffs, "handoffs", 20, "how many handoffs")
	f.StringArrayVar(&p.options.Paths, "path", nil, "`PATH` to ask HTTP services for; may be repeated (default /)")
	f.Float64Var(&p.options.Rate, "rate", 1000, "requests a second, in all")
	f.BoolVar(&p.json, "json", false, "print the report as JSON")
	f.StringVar(&p.html, "html", "", "`FILE` that gets the report as a page, with a picture of latency over time")
	c.RegisterFlagCompletionFunc("service", completeServices)
	return c
}

func (p *proof) run(ctx context.Context, stdout, stderr io.Writer) error {
	if err := p.check(); err != nil {
		return err
	}
	// The first Ctrl-C ends the load, the second one the drain.
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, terminate)
	defer stop()
	page, err := p.page()
	if err != nil {
		return err
	}
	if page != nil {
		defer page.Close()
	}
	conf, err := p.load(ctx)
	if err != nil {
		return err
	}
	if err := p.choose(conf); err != nil {
		return err
	}
	if err := checkFree(ctx, conf); err != nil {
		return err
	}
	report, err := p.prove(ctx, stop, stderr)
	if err != nil {
		return err
	}
	return p.tell(report, stdout, page)
}

func (p *proof) check() error {
	switch {
	case p.options.Handoffs < 1:
		return &usageError{fmt.Sprintf("cannot do %d handoffs", p.options.Handoffs), "--handoffs takes 1 or more"}
	case p.options.Rate <= 0:
		return &usageError{fmt.Sprintf("cannot ask %v times a second", p.options.Rate), "--rate takes more than 0"}
	}
	for _, path := range p.options.Paths {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \t\r\n") {
			return &usageError{fmt.Sprintf("cannot ask for %q", path), "--path takes what follows the host in a URL, such as /health?full=1"}
		}
	}
	return nil
}

// page is made before anything else: after some minutes is too late to find that it
// cannot be written.
func (p *proof) page() (*os.File, error) {
	if p.html == "" {
		return nil, nil
	}
	f, err := os.Create(p.html)
	if err != nil {
		return nil, fmt.Errorf("cannot write the report: %w", err)
	}
	return f, nil
}

// choose finds the service that is meant.
func (p *proof) choose(conf *config.Config) error {
	var names []string
	for _, s := range conf.Services {
		names = append(names, s.Name)
	}
	switch {
	case slices.Contains(names, p.service):
	case p.service != "":
		return &usageError{fmt.Sprintf("there is no service %q", p.service), "services of the config: " + strings.Join(names, ", ")}
	case len(names) == 1:
		p.service = names[0]
	default:
		return &usageError{"cannot tell which service to prove: the config has several", "name one with --service: " + strings.Join(names, ", ")}
	}
	p.options.Service = p.service
	return nil
}

// takenError is an address that the service needs, and somebody has.
type takenError struct{ *listener.InUseError }

func (e *takenError) Unwrap() error { return e.InUseError }
func (e *takenError) Error() string {
	return strings.Replace(e.InUseError.Error(), "cannot listen on", "cannot prove on", 1)
}

func (e *takenError) Hint() string {
	return "whoever has it goes on undisturbed: prove beside it on another address, --listen 127.0.0.1:0, or stop it first (a supervisor: supervisor stop)"
}

// checkFree finds out whether the addresses are free, before a supervisor is started for
// them.
func checkFree(ctx context.Context, conf *config.Config) error {
	for _, s := range conf.Services {
		for _, a := range s.Listen {
			k, err := listener.Open(ctx, a)
			if inUse, ok := errors.AsType[*listener.InUseError](err); ok {
				return &beginError{&takenError{inUse}}
			}
			if err == nil {
				k.Close()
			}
		}
	}
	return nil
}

// prove runs the service and hands it off. The supervisor of its own is gone when it
// returns.
func (p *proof) prove(ctx context.Context, stop func(), stderr io.Writer) (prove.Report, error) {
	own, err := startOwn(&p.settings)
	if err != nil {
		return prove.Report{}, err
	}
	defer func() {
		stop()
		again, done := signal.NotifyContext(context.WithoutCancel(ctx), os.Interrupt, terminate)
		defer done()
		own.close(again)
	}()
	fmt.Fprintf(stderr, "starting %s under a supervisor of its own\n", p.service)
	if err := own.await(ctx, p.service); err != nil {
		return prove.Report{}, own.explain(stderr, p.service, err)
	}
	p.options.Supervisor = own
	p.options.Progress = func(text string) { fmt.Fprintln(stderr, text) }
	report, err := prove.Run(ctx, p.options)
	if err != nil {
		return report, own.explain(stderr, p.service, err)
	}
	if report.Failed > 0 || report.Broken() != nil {
		own.quote(stderr)
	}
	return report, nil
}

// quotedLines is how much is shown of what was printed last.
const quotedLines = 10

// quote shows what the supervisor and the service printed last.
func (o *own) quote(w io.Writer) {
	lines := bufio.NewWriter(w)
	defer lines.Flush()
	if last := o.words.lines(quotedLines); len(last) > 0 {
		fmt.Fprintln(lines, "what was printed last:")
		for _, l := range last {
			fmt.Fprintf(lines, "  %s\n", l)
		}
	}
}

// explain says why nothing could be shown.
func (o *own) explain(w io.Writer, service string, err error) error {
	if !errors.Is(err, errOwnEnded) {
		return err
	}
	code := o.code()
	o.quote(w)
	fmt.Fprintf(w, "supervisor: error: cannot prove %s: it did not start\n", service)
	return verdictError(code)
}

func (p *proof) tell(r prove.Report, stdout io.Writer, page *os.File) error {
	var err error
	if p.json {
		err = writeJSON(stdout, r)
	} else {
		err = r.WriteText(stdout)
	}
	if page != nil {
		w := bufio.NewWriter(page)
		err = errors.Join(err, r.WriteHTML(w), w.Flush())
	}
	if err != nil {
		return err
	}
	switch broken := r.Broken(); {
	case r.Failed > 0:
		return verdictError(exitLost)
	case broken != nil:
		return verdictError(codeOf(lifecycle.Verdict{Outcome: broken.Outcome}))
	}
	return nil
}
