//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// patience is how long anything may take that is waited for. It only ends tests
// that fail.
const patience = 60 * time.Second

// A supervised is a supervisor that runs, in a directory of its own, with a
// service that behaves as the directory's file "behave" says.
type supervised struct {
	t      *testing.T
	dir    string
	cmd    *exec.Cmd
	env    []string
	out    *output
	exited chan struct{} // closed when the supervisor has ended
	addr   string        // where the service answers
}

// service is a config for serviceMain with more keys of the table services.web.
func service(more ...string) string {
	return "[services.web]\nlisten = [\"http=127.0.0.1:0\"]\ncommand = [\"service\"]\n" + strings.Join(more, "\n") + "\n"
}

// newSupervised makes the directory, and starts nothing yet.
func newSupervised(t *testing.T, config, behave string) *supervised {
	t.Helper()
	dir, err := os.MkdirTemp("", "s") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &supervised{t: t, dir: dir}
	s.env = append(os.Environ(), "SUPERVISOR_CONTROL="+filepath.Join(dir, "control"), "CACHE_DIRECTORY="+filepath.Join(dir, ".cache"), "GOWORK=off")
	s.write("supervisor.toml", config)
	s.behave(behave)
	return s
}

// running is a supervisor whose first generation serves.
func running(t *testing.T, config, behave string) *supervised {
	t.Helper()
	s := newSupervised(t, config, behave)
	s.start("run", "-c", "supervisor.toml")
	s.await("web #1 serving")
	s.findAddress()
	version, _, _ := strings.Cut(behave, " ")
	s.serves(version)
	return s
}

func (s *supervised) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// behave says what the next process of the service is, as "v2", or "v2 exit 1".
func (s *supervised) behave(as string) {
	s.t.Helper()
	s.write("behave", as)
}

// age makes the files older than a moment: one that was written just before dev
// begins may count as changed since.
func (s *supervised) age() {
	s.t.Helper()
	past := time.Now().Add(-time.Minute)
	err := filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err == nil && e.Name() == ".cache":
			return fs.SkipDir
		case err != nil || !e.Type().IsRegular():
			return err
		}
		return os.Chtimes(path, past, past)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// start starts a supervisor with a pipe as its output. All that it starts inherits
// the pipe, so that its end shows that nothing is left.
func (s *supervised) start(args ...string) {
	s.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.age()
	cmd, exited := exec.Command("supervisor", args...), make(chan struct{})
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.dir, s.env, w, w
	err = cmd.Start()
	w.Close()
	if err != nil {
		r.Close()
		s.t.Fatal(err)
	}
	go func() {
		defer close(exited)
		cmd.Wait()
	}()
	s.cmd, s.exited, s.out = cmd, exited, read(r)
	this := *s // s may be started again
	s.t.Cleanup(this.clean)
}

// clean ends what is left, and shows what was printed if the test failed.
func (s *supervised) clean() {
	s.cmd.Process.Signal(syscall.SIGQUIT) // "kill now"
	select {
	case <-s.out.ended:
	case <-time.After(patience):
		s.t.Error("something still holds the output of the supervisor")
		s.cmd.Process.Kill()
		s.out.cut()
	}
	<-s.exited
	if s.t.Failed() {
		s.t.Logf("the supervisor's output:\n%s", s.out.since(0))
	}
}

// mark lets await see only what is printed from now on.
func (s *supervised) mark() { s.out.mark() }

// await waits for text, in which "…" is any part of a line.
func (s *supervised) await(text string) []string {
	s.t.Helper()
	m, err := s.out.await(pattern(text))
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// pattern matches text, in which each "…" is any part of a line, and a group.
func pattern(text string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(text), "…", "(.*)"))
}

// ends waits for the end of the supervisor and all that it started.
func (s *supervised) ends(code int) {
	s.t.Helper()
	deadline := time.After(patience)
	for _, done := range []chan struct{}{s.exited, s.out.ended} {
		select {
		case <-done:
		case <-deadline:
			s.t.Fatalf("the supervisor did not end within %v", patience)
		}
	}
	if got := s.cmd.ProcessState.ExitCode(); got != code {
		s.t.Errorf("the supervisor ended with exit code %d, want %d", got, code)
	}
}

// verb runs another supervisor in the same directory.
func (s *supervised) verb(args ...string) (text string, code int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "supervisor", args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatalf("cannot run supervisor %v: %v", args, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// answers checks the exit code of a verb and all that it prints.
func (s *supervised) answers(code int, want string, args ...string) {
	s.t.Helper()
	got, c := s.verb(args...)
	if c != code || !matches(got, want) {
		s.t.Errorf("supervisor %s: exit code %d, want %d; it printed\n%swant\n%s", strings.Join(args, " "), c, code, got, want)
	}
}

// matches compares text with what is wanted, line by line.
func matches(text, want string) bool {
	got, wanted := strings.Split(strings.TrimSpace(text), "\n"), strings.Split(strings.TrimSpace(want), "\n")
	return slices.EqualFunc(got, wanted, fits)
}

func fits(line, text string) bool {
	return pattern("\n" + text + "\n").MatchString("\n" + line + "\n")
}

func (s *supervised) status() control.Status {
	s.t.Helper()
	text, code := s.verb("status", "--json")
	var st control.Status
	if err := json.Unmarshal([]byte(text), &st); err != nil || code != 0 {
		s.t.Fatalf("supervisor status --json: exit code %d, %v:\n%s", code, err, text)
	}
	return st
}

func (s *supervised) findAddress() {
	s.t.Helper()
	st := s.status()
	if len(st.Services) != 1 || len(st.Services[0].Sockets) != 1 || st.Services[0].Sockets[0].Bound == "" {
		s.t.Fatalf("no service with one socket in %+v", st)
	}
	s.addr = st.Services[0].Sockets[0].Bound
}

// serves checks which version answers.
func (s *supervised) serves(version string) {
	s.t.Helper()
	got, err := get(s.addr)
	if err != nil {
		s.t.Fatalf("%s does not answer: %v", version, err)
	}
	if got != version {
		s.t.Errorf("%q answers, want %q", got, version)
	}
}

func get(addr string) (string, error) {
	c := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Get("http://" + addr)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// recovers: after whatever went wrong, a good version can be put in service, and
// a stop ends everything.
func (s *supervised) recovers() {
	s.t.Helper()
	old := s.serving()
	s.mark()
	s.behave("good")
	s.answers(0, "web: promoted generation …", "reload")
	// Until it is told to drain, the old generation, too, answers what comes in.
	s.await(fmt.Sprintf("web #%d drained in ", old))
	s.serves("good")
	s.stops()
}

func (s *supervised) serving() int {
	s.t.Helper()
	all := s.status().Services[0].Generations
	i := slices.IndexFunc(all, func(g control.Generation) bool { return g.Phase == "serving" })
	if i < 0 {
		s.t.Fatalf("none serves of %+v", all)
	}
	return all[i].Number
}

func (s *supervised) stops() {
	s.t.Helper()
	s.answers(0, "", "stop")
	s.ends(0)
}

func (s *supervised) hangUp() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		s.t.Fatal(err)
	}
}

// behind checks what status says of a version that could not be put in service.
func (s *supervised) behind(reason string) {
	s.t.Helper()
	text, _ := s.verb("status")
	want := "  what serves is older than the source: " + reason
	if !slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool { return fits(line, want) }) {
		s.t.Errorf("status does not say %q:\n%s", want, text)
	}
}
