package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// own is a supervisor that this program has started for itself, beside all others: it
// has a control socket, a record and a cache of its own, and does not outlive us.
//
//	us ──(standard input: the leash)──▶ supervisor run ──▶ service
//	   ◀──(what they print, the last of it is kept)──
type own struct {
	*control.Client
	dir   string
	cmd   *exec.Cmd
	leash io.WriteCloser
	words *lastWords
	ended chan struct{} // closed when it has ended, and what it printed is read
}

// startOwn starts a supervisor with the settings of this command line. A service that
// runs as another user must reach its socket for messages in the directory.
func startOwn(s *settings) (_ *own, err error) {
	o := &own{words: &lastWords{}, ended: make(chan struct{})}
	if o.dir, err = ownDir(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(o.dir)
		}
	}()
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("cannot start a supervisor: %w", err)
	}
	path := filepath.Join(o.dir, "control")
	o.Client = control.NewClient(path)
	o.cmd = &exec.Cmd{
		Path:        self,
		Args:        append([]string{os.Args[0]}, s.runArgs(path)...),
		Env:         append(handoff.StripEnv(os.Environ()), "CACHE_DIRECTORY="+filepath.Join(o.dir, "cache")),
		Stdout:      o.words,
		Stderr:      o.words,
		SysProcAttr: apart(),
		// What left its process tree may hold our pipe for ever.
		WaitDelay: time.Second,
	}
	if o.leash, err = o.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := o.cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start a supervisor: %w", err)
	}
	go func() {
		defer close(o.ended)
		o.cmd.Wait()
	}()
	return o, nil
}

// maxSocketDir leaves room for names in the 104 bytes of a socket's path.
const maxSocketDir = 60

func ownDir() (string, error) {
	dir, err := os.MkdirTemp("", "supervisor-")
	if err == nil && len(dir) > maxSocketDir && filepath.IsAbs("/tmp") {
		os.Remove(dir)
		dir, err = os.MkdirTemp("/tmp", "supervisor-")
	}
	if err != nil {
		return "", fmt.Errorf("cannot start a supervisor: %w", err)
	}
	return dir, os.Chmod(dir, 0o711)
}

// runArgs is the command line of a supervisor that runs what these settings mean.
func (s *settings) runArgs(path string) []string {
	args := []string{"run", "--" + leashName, "--control", path}
	for _, f := range s.files {
		args = append(args, "--config", f)
	}
	if s.profile != "" {
		args = append(args, "--profile", s.profile)
	}
	for _, l := range s.listen {
		args = append(args, "--listen", l)
	}
	if s.command != nil {
		args = append(append(args, "--"), s.command...)
	}
	return args
}

// errOwnEnded says that the supervisor ended before its service served.
var errOwnEnded = errors.New("it has ended")

// await returns when the service serves.
func (o *own) await(ctx context.Context, service string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var job sync.WaitGroup
	defer job.Wait()
	job.Go(func() {
		select {
		case <-o.ended:
			cancel(errOwnEnded)
		case <-ctx.Done():
		}
	})
	defer cancel(nil)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := o.Watch(ctx, func(st control.Status) error {
			if standing(st, service) {
				return io.EOF
			}
			return nil
		})
		switch {
		case err == io.EOF:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && !errors.Is(err, control.ErrNoSupervisor):
			return err
		}
		select {
		case <-again.C: // it does not listen yet
		case <-ctx.Done():
		}
	}
}

func standing(st control.Status, service string) bool {
	return slices.ContainsFunc(st.Services, func(s control.Service) bool {
		return s.Name == service && slices.ContainsFunc(s.Generations, func(g control.Generation) bool {
			return g.Phase == string(lifecycle.Serving)
		})
	})
}

// code is the exit code of a supervisor that has ended.
func (o *own) code() int {
	<-o.ended
	if code := o.cmd.ProcessState.ExitCode(); code > exitFine {
		return code
	}
	return exitUnexpected
}

// close drains the service, unless ctx ends first: then it is killed. It returns when
// nothing is left.
func (o *own) close(ctx context.Context) {
	o.leash.Close()
	select {
	case <-o.ended:
	case <-ctx.Done():
		// Its guardian ends what it supervises.
		o.cmd.Process.Kill()
		<-o.ended
	}
	os.RemoveAll(o.dir)
}

// lastWords keeps the end of what is written.
type lastWords struct {
	mu   sync.Mutex
	text []byte
}

const keptWords = 4096

func (w *lastWords) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, b...)
	if over := len(w.text) - keptWords; over > keptWords {
		w.text = append(w.text[:0], w.text[over:]...)
	}
	return len(b), nil
}

// lines are the last n lines.
func (w *lastWords) lines(n int) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := strings.Split(strings.TrimRight(string(bytes.ToValidUTF8(w.text, nil)), "\n"), "\n")
	if len(all) == 1 && all[0] == "" {
		return nil
	}
	return all[max(0, len(all)-n):]
}
