//go:build real

package real

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/test/freeport"
)

// A running is a program in a directory of its own, which other users may enter.
type running struct {
	t      *testing.T
	dir    string
	env    []string
	user   uint32 // of the program
	cmd    *exec.Cmd
	out    *output
	exited chan struct{}
}

func newRunning(t *testing.T) *running {
	t.Helper()
	dir, err := os.MkdirTemp("", "s") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r := &running{t: t, dir: dir}
	r.env = append(os.Environ(), "SUPERVISOR_CONTROL="+r.path("control"), "CACHE_DIRECTORY="+r.path("cache"), "GOWORK=off")
	return r
}

func (r *running) path(name string) string { return filepath.Join(r.dir, name) }

func (r *running) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(r.path(name), []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// start starts a program with a pipe as its output, which all that it starts
// inherits: its end shows that nothing is left.
func (r *running) start(name string, args ...string) {
	r.t.Helper()
	out, write, err := os.Pipe()
	if err != nil {
		r.t.Fatal(err)
	}
	r.cmd = exec.Command(name, args...)
	r.cmd.Dir, r.cmd.Env, r.cmd.Stdout, r.cmd.Stderr = r.dir, r.env, write, write
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: r.user, Gid: r.user}}
	err = r.cmd.Start()
	write.Close()
	if err != nil {
		out.Close()
		r.t.Fatal(err)
	}
	r.out, r.exited = read(out), make(chan struct{})
	go func() {
		defer close(r.exited)
		r.cmd.Wait()
	}()
	r.t.Cleanup(r.clean)
}

// clean ends what a failed test left, and shows what was printed.
func (r *running) clean() {
	r.cmd.Process.Signal(syscall.SIGQUIT)
	select {
	case <-r.out.ended:
	case <-time.After(patience):
		r.t.Error("something is left that still holds the output")
		r.cmd.Process.Kill()
		r.out.pipe.SetReadDeadline(time.Unix(1, 0))
		<-r.out.ended
	}
	<-r.exited
	if r.t.Failed() {
		r.t.Logf("the output:\n%s", r.out)
	}
}

func (r *running) await(text string) {
	r.t.Helper()
	if err := r.out.await(text); err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) signal(s os.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

// ends waits until the program and all that it started are gone.
func (r *running) ends(code int) {
	r.t.Helper()
	r.waits(r.exited, "the program")
	r.waits(r.out.ended, "what it started")
	if got := r.cmd.ProcessState.ExitCode(); got != code {
		r.t.Errorf("exit code %d, want %d", got, code)
	}
}

func (r *running) waits(end <-chan struct{}, of string) {
	r.t.Helper()
	select {
	case <-end:
	case <-time.After(patience):
		r.t.Fatalf("%s did not end within %v", of, patience)
	}
}

// verb runs supervisor in the same directory.
func (r *running) verb(args ...string) (text string, code int) {
	r.t.Helper()
	return r.as(0, program("supervisor"), args...)
}

// as runs a program as a user.
func (r *running) as(uid uint32, name string, args ...string) (text string, code int) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = r.dir, r.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.t.Fatalf("cannot run %s %v: %v", name, args, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func (r *running) stops() {
	r.t.Helper()
	if text, code := r.verb("stop"); code != 0 {
		r.t.Errorf("supervisor stop: exit code %d, %s", code, text)
	}
	r.ends(0)
}

// reloads checks the verdict of a reload.
func (r *running) reloads(code int, want string) {
	r.t.Helper()
	got, c := r.verb("reload")
	if c != code || !strings.Contains(got, want) {
		r.t.Errorf("supervisor reload: exit code %d, want %d; it printed %q, want %q", c, code, got, want)
	}
}

// status tells how the one service stands.
func (r *running) status() control.Service {
	r.t.Helper()
	text, code := r.verb("status", "--json")
	var st control.Status
	if err := json.Unmarshal([]byte(text), &st); err != nil || code != 0 || len(st.Services) != 1 {
		r.t.Fatalf("supervisor status --json: exit code %d, %v:\n%s", code, err, text)
	}
	return st.Services[0]
}

// free is an address that nothing listened on a moment ago.
var free = freeport.TCP

// answers checks what a page says.
func (r *running) answers(url, want string) {
	r.t.Helper()
	got, err := get(url)
	if err != nil {
		r.t.Fatalf("no answer: %v", err)
	}
	if got != want {
		r.t.Errorf("%s says %q, want %q", url, got, want)
	}
}

func get(url string) (string, error) {
	c := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %s", resp.Status)
	}
	return string(body), err
}
