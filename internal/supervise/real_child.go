package supervise

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/cgroup"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/relay"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// MarkPrefix is what the mark of every process begins with.
const MarkPrefix = "SUPERVISOR_PROCESS="

// child is a process tree with the socket of its messages and the pipe of its output.
type child struct {
	*proc.Process
	messages *handoff.Receiver
	line     handoff.Line         // nil: it speaks on messages alone
	heard    chan handoff.Message // what comes on both, if there is a line
	output   *os.File             // read end; nil: it writes where we do
	copied   chan struct{}        // closed when everything it printed was taken
	sink     Sink                 // nil: none
	trap     trap
	group    *cgroup.Group // nil: it has no limits of its own
	ports    relay.Ports   // where it is to listen
}

func (c *child) start(ctx context.Context, y *System, l Launch) error {
	given := handoff.Offer{
		Sockets: l.Sockets, Stored: l.Stored, StoreMax: l.StoreMax, NotifySocket: c.messages.Path(),
		Watchdog: l.Service.Policy.Watchdog, DrainTimeout: l.Service.Policy.DrainTimeout,
		Generation: l.Generation, Index: l.Slot,
	}
	if err := c.complete(&given); err != nil {
		return err
	}
	grant, err := l.Service.protocol().Grant(given)
	if err != nil {
		return err
	}
	if err := c.startWith(ctx, y, l, grant); err != nil {
		grant.Close()
		return err
	}
	c.admit(given)
	c.hear(grant.Line)
	return nil
}

func (c *child) startWith(ctx context.Context, y *System, l Launch, grant handoff.Grant) error {
	c.ports = l.Ports
	l.Service = l.Service.filled(grant, l.Sockets).ported(l.Ports)
	// Not a number that comes again: the processes of a supervisor that was killed
	// live on, and must not be taken for ours.
	mark := MarkPrefix + y.Family + rand.Text()
	env := environment(l.Service, 0, append(slices.Concat(grant.Env, l.Service.portEnv(l.Ports)), "SUPERVISOR_GENERATION="+strconv.Itoa(l.Generation), mark)...)
	path, args, err := program(l, env)
	if err != nil {
		return err
	}
	if err := share(l); err != nil {
		return err
	}
	spec := proc.Spec{
		Path: path, Args: args, Dir: l.Service.Dir, Env: env, PIDEnv: grant.PIDEnv, FDs: grant.FDs, Mute: grant.Mute,
		Stdin: y.stdin(l.Service), Stdout: 1, Stderr: 2,
		Mark: mark, Trap: l.Adopt != nil, TrapUnlink: l.Unlinks, Foreground: l.Service.Stdin,
		Settings: c.settings(l.Service),
	}
	return c.launch(ctx, y, spec, l)
}

func (c *child) launch(ctx context.Context, y *System, spec proc.Spec, l Launch) (err error) {
	switch {
	case l.Service.Sink:
		return c.startInto(ctx, y, spec, l)
	case l.Output == nil:
		c.Process, err = y.launcher.Start(ctx, spec)
		return err
	}
	return c.startPiped(ctx, y, spec, l.Output)
}

// startInto has the process write where it can whatever happens to this program.
func (c *child) startInto(ctx context.Context, y *System, spec proc.Spec, l Launch) (err error) {
	if c.sink, err = y.Sink(l); err != nil {
		return err
	}
	spec.Stdout = c.sink.FD()
	spec.Stderr = spec.Stdout
	c.Process, err = y.launcher.Start(ctx, spec)
	c.sink.Started()
	if err != nil {
		c.sink.Close(0)
	}
	return err
}

func (c *child) startPiped(ctx context.Context, y *System, spec proc.Spec, output io.Writer) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer w.Close()
	// Fd makes the write end block, as programs expect of their output.
	spec.Stdout = int(w.Fd())
	spec.Stderr = spec.Stdout
	if c.Process, err = y.launcher.Start(ctx, spec); err != nil {
		r.Close()
		return err
	}
	c.output, c.copied = r, make(chan struct{})
	go func() {
		defer close(c.copied)
		io.Copy(output, r)
	}()
	return nil
}

// lastWords is how long what a process printed may take to arrive after it is
// gone: something that left the tree may hold the pipe open for ever.
const lastWords = time.Second

func (c *child) Wait() proc.Exit {
	exit := c.Process.Wait()
	c.trap.release()
	c.group.Remove() // what is left is swept with the next supervisor
	c.finish()
	if c.sink != nil {
		c.sink.Close(lastWords)
	}
	if c.output != nil {
		c.output.SetReadDeadline(time.Now().Add(lastWords))
		select {
		case <-c.copied:
		case <-time.After(2 * lastWords):
			// Nobody reads what we write. That must not keep us from ending.
		}
		c.output.Close()
	}
	return exit
}

// stdin is what the processes of a service read.
func (y *System) stdin(s Service) int {
	if s.Stdin {
		return 0
	}
	return int(y.null.Fd())
}

// program is what to execute, and its arguments.
func program(l Launch, env []string) (path string, args []string, err error) {
	path, args, err = inner(l, env)
	wrap := l.Service.Wrap
	if err != nil || len(wrap) == 0 {
		return path, args, err
	}
	args = slices.Concat(wrap, []string{path, "--"}, args[1:])
	path, err = l.Service.find(wrap[0], env)
	return path, args, err
}

// inner is the artifact, if there is one, in place of the command's first word when
// that is what the build makes.
func inner(l Launch, env []string) (path string, args []string, err error) {
	s := l.Service
	args = append(slices.Clone(s.Command), s.Args...)
	switch {
	case l.Artifact.Path == "":
	case !s.Built():
		return l.Artifact.Path, args, nil // a copy of the command
	case len(s.Command) == 0:
		return l.Artifact.Path, append([]string{l.Artifact.Path}, s.Args...), nil
	case s.Build.Output != "" && sameProgram(s.resolve(s.Command[0]), s.resolve(s.Build.Output)):
		return l.Artifact.Path, args, nil
	}
	if len(args) == 0 {
		return "", nil, errors.New("there is no command to run")
	}
	path, err = s.find(args[0], env)
	return path, args, err
}

// resolve makes a path of the settings absolute.
func (s Service) resolve(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(s.Dir, path)
}

// find looks a command up as a shell would: with a slash relative to Dir, without
// one on the PATH that the process itself will have.
func (s Service) find(name string, env []string) (string, error) {
	if strings.ContainsRune(filepath.ToSlash(name), '/') {
		return s.resolve(name), nil
	}
	for _, dir := range filepath.SplitList(lookup(env, "PATH")) {
		if path, err := exec.LookPath(filepath.Join(s.resolve(dir), name)); err == nil {
			return path, nil
		}
	}
	return "", &proc.StartError{Path: name, Err: errors.New("it is not in PATH; write ./" + name + " if it lies in " + s.Dir)}
}
