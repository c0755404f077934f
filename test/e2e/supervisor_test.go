//go:build unix

package e2e

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take that is waited for. It only ends
// tests that fail.
const patience = 60 * time.Second

// A supervised is a running supervisor with its service.
type supervised struct {
	t           *testing.T
	config      string
	roster      string
	env         []string
	launch      func(*exec.Cmd) error // nil: (*exec.Cmd).Start
	cmd         *exec.Cmd
	notices     <-chan notice
	exited      <-chan error    // how the supervisor ended
	silent      <-chan struct{} // closed when the last process that holds its output is gone
	output      *transcript
	outputInode uint64 // of the pipe that is its output

	ready []string        // identities, in the order in which they got ready
	live  int             // processes of the service
	busy  map[string]bool // those that told of a long request

	readyOf map[string][]string // as ready, by the name of the service; "": there is but one
}

// start runs `supervisor MODE -c FILE` and waits for the first version.
func start(t *testing.T, mode string, c config) *supervised {
	t.Helper()
	bin := built(t, programs.supervisor)
	roster, notices := listenRoster(t)
	dir := shortDir(t)
	s := &supervised{t: t, notices: notices, roster: roster, busy: map[string]bool{}}
	s.config = c.write(t, dir, roster)
	s.env = append(os.Environ(), "SUPERVISOR_CONTROL="+filepath.Join(dir, "control"),
		"CACHE_DIRECTORY="+filepath.Join(dir, "cache"), "XDG_RUNTIME_DIR="+dir, "XDG_STATE_HOME="+dir, "GOTRACEBACK=all")
	s.run(bin, mode)
	s.awaitReady(1)
	return s
}

// run starts the supervisor with a pipe as its output: all that it starts
// inherits the pipe, so its end shows that none of them is left.
func (s *supervised) run(bin, mode string) {
	s.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd = exec.Command(bin, mode, "-c", s.config)
	s.cmd.Dir, s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = filepath.Dir(s.config), s.env, w, w
	if s.outputInode, err = inode(w); err != nil {
		s.t.Fatal(err)
	}
	if s.launch == nil {
		s.launch = (*exec.Cmd).Start
	}
	err = s.launch(s.cmd)
	w.Close()
	if err != nil {
		s.t.Fatal(err)
	}
	exited, silent := make(chan error, 1), make(chan struct{})
	s.exited, s.silent, s.output = exited, silent, newTranscript()
	go func() { exited <- s.cmd.Wait() }()
	go func() {
		defer close(silent)
		io.Copy(s.output, r)
	}()
	s.t.Cleanup(func() { s.clean(r) })
}

func inode(f *os.File) (uint64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return uint64(info.Sys().(*syscall.Stat_t).Ino), nil
}

// clean ends what a failed test left, and shows what was printed. A supervisor
// that does not end shows where its goroutines hang. Processes of the service
// end with the roster.
func (s *supervised) clean(output *os.File) {
	for _, sig := range []os.Signal{syscall.SIGQUIT, syscall.SIGABRT, os.Kill} {
		s.cmd.Process.Signal(sig)
		select {
		case <-s.silent:
		case <-time.After(5 * time.Second):
			continue
		}
		break
	}
	output.SetReadDeadline(time.Now())
	<-s.silent
	output.Close()
	if s.t.Failed() {
		s.t.Logf("the supervisor's output:\n%s", s.output)
	}
}

// await takes notices until done is true.
func (s *supervised) await(what string, done func() bool) {
	s.t.Helper()
	deadline := time.After(patience)
	for !done() {
		select {
		case n := <-s.notices:
			s.note(n)
		case err := <-s.exited:
			s.t.Fatalf("the supervisor ended while the test waited for %s: %v", what, err)
		case <-deadline:
			s.t.Fatalf("waited %v for %s: %d processes live, %d got ready", patience, what, s.live, len(s.ready))
		}
	}
}

func (s *supervised) note(n notice) {
	switch n.what {
	case "joined":
		s.live++
	case "ready":
		s.ready = append(s.ready, n.id)
		if s.readyOf == nil {
			s.readyOf = map[string][]string{}
		}
		s.readyOf[n.service] = append(s.readyOf[n.service], n.id)
	case "busy":
		s.busy[n.id] = true
	case "gone":
		s.live--
	}
}

// awaitReady waits until n processes have got ready since the start.
func (s *supervised) awaitReady(n int) {
	s.t.Helper()
	s.await("the next generation", func() bool { return len(s.ready) >= n })
}

// awaitSettled waits until no more than most processes live.
func (s *supervised) awaitSettled(most int) {
	s.t.Helper()
	s.await("generations to drain", func() bool { return s.live <= most })
}

func (s *supervised) newest() string { return s.ready[len(s.ready)-1] }

// hangUp asks for a handoff by SIGHUP and waits until the new one is ready.
func (s *supervised) hangUp() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		s.t.Fatal(err)
	}
	s.awaitReady(len(s.ready) + 1)
}

// verb runs `supervisor VERB -c FILE` and gives its output and exit code.
func (s *supervised) verb(name string, args ...string) (string, int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.cmd.Path, slices.Concat([]string{name, "-c", s.config}, args)...)
	cmd.Env, cmd.Dir = s.env, s.cmd.Dir
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		s.t.Fatalf("cannot run supervisor %s: %v", name, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// stop ends the supervisor as Ctrl-C does: exit code 0, and no process left.
func (s *supervised) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		s.t.Fatal(err)
	}
	deadline := time.After(patience)
	var ended bool
	for !ended {
		select {
		case n := <-s.notices:
			s.note(n)
		case err := <-s.exited:
			if ended = true; err != nil {
				s.t.Errorf("the supervisor ended badly: %v", err)
			}
		case <-deadline:
			s.t.Fatalf("the supervisor did not end within %v; %d processes of the service live", patience, s.live)
		}
	}
	s.awaitNobody(deadline)
}

func (s *supervised) awaitNobody(deadline <-chan time.Time) {
	s.t.Helper()
	silent := s.silent
	for silent != nil || s.live > 0 {
		select {
		case n := <-s.notices:
			s.note(n)
		case <-silent:
			silent = nil
		case <-deadline:
			s.t.Fatalf("processes are left after the supervisor: %d of the service", s.live)
		}
	}
}
