//go:build unix

package rebuild

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// building is a Build that a test watches.
type building struct {
	b      *Builder
	lines  sink
	cancel context.CancelCauseFunc
	result chan error
}

func startBuild(t *testing.T, o Options) *building {
	t.Helper()
	lines := newSink()
	o.Sink = lines
	if o.Dir == "" {
		o.Dir = newTree(t, nil)
	}
	r := &building{b: newBuilder(t, o), lines: lines, result: make(chan error, 1)}
	ctx, cancel := context.WithCancelCause(t.Context())
	r.cancel = cancel
	go func() { _, err := r.b.Build(ctx); r.result <- err }()
	return r
}

func startCommand(t *testing.T, command string) *building {
	t.Helper()
	return startBuild(t, Options{Command: command, Output: "bin/web"})
}

// wait is the error of the Build.
func (r *building) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.result:
		return err
	case <-time.After(patience):
		t.Fatal("the build does not return")
		return nil
	}
}

func (r *building) nextPID(t *testing.T) int {
	t.Helper()
	line := r.lines.next(t)
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatalf("no process id: %q", line)
	}
	return pid
}

// checkGone fails if pid runs.
func checkGone(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) && !zombie(pid) {
		t.Errorf("process %d is still there (%v)", pid, err)
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

func TestCancelEndsTheWholeGroup(t *testing.T) {
	superseded := errors.New("superseded")
	r := startCommand(t, "sh -c 'sleep 1000 & echo $!; wait' & echo $!; wait")
	pids := []int{r.nextPID(t), r.nextPID(t)}
	r.cancel(superseded)
	err := r.wait(t)
	for _, pid := range pids {
		checkGone(t, pid)
	}
	if !errors.Is(err, context.Canceled) || !errors.Is(err, superseded) {
		t.Errorf("error %v", err)
	}
	if e, ok := errors.AsType[*Error](err); !ok || e.Step != StepCommand || e.Exit != -1 || e.Timeout {
		t.Errorf("error %#v", err)
	}
	checkStore(t, r.b)
}

func TestCancelEndsWhatIgnoresTERM(t *testing.T) {
	r := startCommand(t, "trap '' TERM; sleep 1000 >/dev/null 2>&1 & echo $!; while :; do sleep 1000; done")
	pid := r.nextPID(t)
	r.cancel(nil)
	if err := r.wait(t); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	checkGone(t, pid)
}

// As make does with a target that is half made. The leader goes at once, the
// one that cleans up does not.
func TestCancelLetsCommandsCleanUp(t *testing.T) {
	r := startCommand(t, `echo half >target; sh -c 'trap "sleep 0.1; rm target; exit 1" TERM; echo ready; sleep 1000 & wait'; true`)
	r.lines.next(t)
	r.cancel(nil)
	if err := r.wait(t); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(r.b.o.Dir, "target")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the target is still there (%v)", err)
	}
}

// A compiler that hangs goes with the go command, and so does the go command's
// work directory.
func TestCancelGoBuild(t *testing.T) {
	dir, tmp := helloModule(t), t.TempDir()
	compiling := fifo(t, dir, "compiling")
	tool := filepath.Join(dir, "tool.sh")
	hang := `case "$*" in *-V=full*) exec "$@";; esac; echo $$ >` + compiling.Name() + "; sleep 1000"
	if err := os.WriteFile(tool, []byte("#!/bin/sh\n"+hang+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := startBuild(t, Options{
		Dir: dir, Package: "./cmd/web", Flags: []string{"-a", "-toolexec=" + tool},
		Env: goEnv("TMPDIR=" + tmp),
	})
	line, err := bufio.NewReader(compiling).ReadString('\n')
	if err != nil {
		t.Fatal(err, r.lines.all())
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	r.cancel(nil)
	if err := r.wait(t); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	checkGone(t, pid)
	checkStore(t, r.b)
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("the go command left %v in TMPDIR (%v)", left, err)
	}
}

// fifo is a named pipe that reads until the end of the test's patience.
func fifo(t *testing.T, dir, name string) *os.File {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := f.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestCancelledBeforeItBegins(t *testing.T) {
	dir := newTree(t, nil)
	b := newBuilder(t, Options{Dir: dir, Command: "touch ran", Output: "ran"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Build(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
		t.Error("the command ran")
	}
	checkStore(t, b)
}

func TestTimeout(t *testing.T) {
	r := startBuild(t, Options{Command: "sleep 1000 & echo $!; wait", Output: "bin/web", Timeout: 300 * time.Millisecond})
	pid := r.nextPID(t)
	err := r.wait(t)
	checkGone(t, pid)
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.Timeout || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error %#v", err)
	}
	want := `cannot build bin/web: command "sleep 1000 & echo $!; wait": not done after 300ms`
	if err.Error() != want {
		t.Errorf("error\n%s\nwant\n%s", err, want)
	}
	checkStore(t, r.b)
}

// The caller's deadline is not our timeout.
func TestDeadlineOfTheCaller(t *testing.T) {
	b := newBuilder(t, Options{Dir: newTree(t, nil), Command: "sleep 1000", Output: "bin/web"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := b.Build(ctx)
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Timeout || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %#v", err)
	}
}

func TestNothingIsLeftOfACommandThatEnded(t *testing.T) {
	r := startCommand(t, script("one")+"; sleep 1000 >/dev/null 2>&1 & echo $!")
	pid := r.nextPID(t)
	err := r.wait(t)
	checkGone(t, pid)
	if err != nil {
		t.Error(err)
	}
}

// A process that goes on for a moment after the shell, as tee does behind
// bash's >(tee log), is heard to its end.
func TestOutputAfterTheLeader(t *testing.T) {
	r := startCommand(t, script("one")+"; (sleep 0.1; echo late) &")
	if err := r.wait(t); err != nil {
		t.Fatal(err)
	}
	if got := r.lines.all(); got != "late\n" {
		t.Errorf("output %q", got)
	}
}
