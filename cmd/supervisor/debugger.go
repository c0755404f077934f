package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/dev"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// debugAddress is where debuggers connect to unless --debug says otherwise; editors
// expect it there.
const debugAddress = "127.0.0.1:2345"

func debugFlag(c *cobra.Command, address *string) {
	c.Flags().StringVar(address, "debug", "", "run the service under dlv, with the debugger at `ADDRESS` (--debug alone: "+debugAddress+")")
	c.Flags().Lookup("debug").NoOptDefVal = debugAddress
}

// debugger runs the service under dlv. The address that clients connect to stays;
// each generation's dlv listens on a unix socket behind it. A nil debugger is none.
type debugger struct {
	relay *dev.Relay
	path  string
}

func newDebugger(ctx context.Context, address, place string, conf *config.Config) (*debugger, error) {
	if address == "" {
		return nil, nil
	}
	if len(conf.Services) != 1 {
		return nil, &usageError{"cannot tell which service to debug: the config has several", "name one with a config of its own: supervisor dev -c FILE --debug"}
	}
	if _, err := exec.LookPath("dlv"); err != nil {
		return nil, &usageError{"cannot debug: there is no dlv in PATH", "install it: go install github.com/go-delve/delve/cmd/dlv@latest"}
	}
	a, err := listener.Parse(address)
	if err != nil || !strings.HasPrefix(a.Network, "tcp") {
		return nil, &usageError{fmt.Sprintf("cannot listen for debuggers on %q", address), "give host:port, or leave it out for " + debugAddress}
	}
	g := &debugger{path: place + ".dlv"}
	if g.relay, err = dev.NewRelay(ctx, a, g.path, listenOn); err != nil {
		return nil, &beginError{err}
	}
	return g, nil
}

func (g *debugger) close() {
	if g != nil {
		g.relay.Close()
	}
}

// wrap has dlv run the program, built for debugging. Two debuggers would fight for
// the terminal and the breakpoints, so the old one goes first; clients of the
// service wait at the held sockets.
func (g *debugger) wrap(s *supervise.Service) {
	// A dlv that was killed leaves its socket behind.
	s.Wrap = []string{"/bin/sh", "-c", `rm -f "$0"; exec dlv exec --headless --accept-multiclient --continue --api-version=2 --listen="unix:$0" "$@"`, g.path}
	s.Env = append(slices.Clone(s.Env), "SUPERVISOR_DEBUGGED=1")
	s.Restart = true
	if s.Build.Package == "" {
		return
	}
	s.Build.Debug = true
	named := func(f string) bool { return strings.HasPrefix(strings.TrimLeft(f, "-"), "gcflags") }
	if !slices.ContainsFunc(s.Build.Flags, named) {
		s.Build.Flags = append(slices.Clone(s.Build.Flags), "-gcflags=all=-N -l")
	}
}
