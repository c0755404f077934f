package dev

import (
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/rules"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// Options are what a Side works with.
type Options struct {
	// Output takes what commands of a service print.
	Output func(service string) io.WriteCloser
	// Notice takes what somebody should know. It does not block.
	Notice func(service, text string)
	// Listen opens the socket of the proxy.
	Listen func(context.Context, listener.Address) (net.Listener, error)
	// Target is the host:port of the first tcp socket, "" while there is none.
	Target func(context.Context) string
	// Start starts commands, as rebuild.Options.Start.
	Start rebuild.Start
	// Environ is the environment of rules, below that of their service.
	Environ []string
}

// Side is everything beside the services. Update and Close are for one goroutine at
// a time; Heard for another one.
type Side struct {
	o       Options
	rules   rules.Set
	bundles bundles
	pages   pages
	closed  bool
}

// New returns a Side that does nothing yet.
func New(o Options) *Side {
	s := &Side{o: o}
	s.bundles.side, s.pages.side = s, s
	return s
}

// Update follows a new config. It returns when rules run, the bundles have been
// made once, and the proxy listens; on an error that of the old config goes on
// where the new one cannot.
func (s *Side) Update(ctx context.Context, conf *config.Config) error {
	if s.closed {
		return nil
	}
	s.rules.Update(ctx, s.rulesOf(conf), observer{s})
	s.bundles.update(ctx, conf)
	return s.pages.update(ctx, conf)
}

// Close ends everything, for good.
func (s *Side) Close() {
	s.closed = true
	s.rules.Close()
	s.bundles.close()
	s.pages.close()
}

// Heard is told what the supervisor reports. It does not wait.
func (s *Side) Heard(ctx context.Context, r supervise.Report) { s.pages.heard(ctx, r) }

func (s *Side) rulesOf(conf *config.Config) map[string]rules.Rule {
	all := map[string]rules.Rule{}
	for _, c := range conf.Services {
		for _, r := range c.Rules {
			name := c.Name + "." + r.Name
			all[name] = rules.Rule{
				Name: name, Command: r.Command, Shell: c.Shell, Dir: c.Dir, Env: append(s.o.Environ[:len(s.o.Environ):len(s.o.Environ)], c.Env...),
				Files:      filesOf(c, r),
				Persistent: r.Persistent,
			}
		}
	}
	return all
}

// observer is the rules' view of a Side. Their names begin with the service's.
type observer struct{ *Side }

func (o observer) Output(rule string) io.WriteCloser { return o.o.Output(serviceOf(rule)) }

func (o observer) Start(cmd *exec.Cmd) (leader *os.Process, ended func(), err error) {
	return o.o.Start(cmd)
}

func (o observer) Failed(rule string, err error) {
	service := serviceOf(rule)
	o.o.Notice(service, "rule "+strings.TrimPrefix(rule, service+".")+": "+err.Error())
}

func serviceOf(rule string) string {
	service, _, _ := strings.Cut(rule, ".")
	return service
}
