package rules

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

// Rule is a command and the files that it is for.
type Rule struct {
	Name    string
	Command string   // a shell command
	Shell   []string // as in rebuild.Options
	Dir     string   // where it runs
	Env     []string
	Files   watch.Options
	// Persistent commands watch for themselves: the command runs all the time.
	Persistent bool
}

// Observer is told what happens to a rule. Its methods may be called from any
// goroutine.
type Observer interface {
	// Output takes what the command prints.
	Output(rule string) io.WriteCloser
	// Start is rebuild.Options.Start for commands.
	Start(cmd *exec.Cmd) (leader *os.Process, ended func(), err error)
	// Failed says that the command, or watching its files, went wrong.
	Failed(rule string, err error)
}

// Run follows the rule until ctx ends; then nothing of its command is left. The
// command does not run at first, unless it is persistent, but at each batch of
// changes: one at a time, and once more after changes that came meanwhile.
func (r Rule) Run(ctx context.Context, o Observer) {
	if r.Persistent {
		r.keep(ctx, o)
		return
	}
	w, err := watch.Start(r.Files)
	if err != nil {
		o.Failed(r.Name, fmt.Errorf("cannot watch its files: %w", err))
		return
	}
	defer w.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case err := <-w.Notices():
			o.Failed(r.Name, err)
		case <-w.Batches():
			r.once(ctx, o)
		}
	}
}

// once runs the command to its end.
func (r Rule) once(ctx context.Context, o Observer) {
	out := o.Output(r.Name)
	defer out.Close()
	if err := rebuild.Shell(ctx, r.Command, rebuild.ShellOptions{Dir: r.Dir, Env: r.Env, Shell: r.Shell, Sink: out, Start: o.Start}); err != nil && ctx.Err() == nil {
		o.Failed(r.Name, err)
	}
}
