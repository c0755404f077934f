package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// patience bounds every wait for a tool.
const patience = 20 * time.Second

// unserved is a save that a tool never came to serve.
type unserved struct{ version, last, said string }

func (u *unserved) Error() string {
	return fmt.Sprintf("cannot get an answer of %s: the last was %q; the tool said:\n%s", u.version, u.last, u.said)
}

// tool is a way to work: something that runs beside a tree and follows its saves, or
// a person who types.
type tool struct {
	name    string
	command []string
	plain   bool   // nothing follows: stop, go build, start
	config  string // of air
	tuned   bool
	reverts bool // it keeps what it built
	tree    *tree

	cmd      *exec.Cmd
	log      *transcript
	began    time.Time // of the last save
	took     []time.Duration
	reverted []time.Duration
	parts    []phases
	missed   int // saves that were never served
}

// forgive counts a save that a tool of others did not serve: the next may be.
func (t *tool) forgive(ctx context.Context, err error) error {
	if t.plain || t.reverts || ctx.Err() != nil || !errors.As(err, new(*unserved)) {
		return err
	}
	t.missed++
	return nil
}

// start begins to follow the tree, and waits for the first answer.
func (t *tool) start(ctx context.Context) error {
	if t.config != "" {
		if err := os.WriteFile(filepath.Join(t.tree.source(), ".air.toml"), []byte(t.config), 0o600); err != nil {
			return err
		}
	}
	command := t.command
	if t.plain {
		command = []string{filepath.Join(t.tree.dir, "out")}
	}
	if err := t.run(command); err != nil {
		return err
	}
	_, err := t.answers(ctx, t.tree.saved)
	return err
}

// run starts a command in a process group of its own: a Ctrl-C is for the benchmark,
// which then stops what it started.
func (t *tool) run(command []string) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer w.Close()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.tree.source(), w, w
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// CACHE_DIRECTORY is where dev keeps what it builds.
	cmd.Env = append(os.Environ(), "SUPERVISOR_CONTROL="+filepath.Join(t.tree.dir, "control"), "CACHE_DIRECTORY="+filepath.Join(t.tree.dir, "cache"))
	if err := cmd.Start(); err != nil {
		r.Close()
		return err
	}
	t.cmd, t.log = cmd, newTranscript(r)
	return nil
}

// restart does what one does without a tool.
func (t *tool) restart(ctx context.Context) error {
	t.stop()
	out := filepath.Join(t.tree.dir, "out")
	if err := t.tree.goCommand(ctx, nil, "build", "-o", out, "."); err != nil {
		return err
	}
	return t.run([]string{out})
}

// stop ends the tool: kindly, then by force, and then the service if it was left.
func (t *tool) stop() {
	if t.cmd == nil {
		return
	}
	served := t.servicePIDs()
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		t.cmd.Wait()
	}()
	kill := time.AfterFunc(10*time.Second, func() { t.cmd.Process.Kill() })
	t.cmd.Process.Signal(syscall.SIGTERM)
	<-exited
	kill.Stop()
	for _, pid := range served {
		if under(t.tree.dir, pid) {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	t.log.close()
	t.cmd = nil
}

// servicePIDs are the descendants that run a program of the tree.
func (t *tool) servicePIDs() (pids []int) {
	for _, pid := range descendants(t.cmd.Process.Pid) {
		if under(t.tree.dir, pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// under reports whether the program of a process is in dir.
func under(dir string, pid int) bool {
	program, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/exe")
	if err != nil {
		return false
	}
	rest, err := filepath.Rel(dir, program)
	return err == nil && filepath.IsLocal(rest)
}

// often is how long it is from one question to the next. A tool whose old version
// answers works on the same processors as its build: asked each 2 ms, a build of the
// small service took a third longer, which nobody's browser does to it.
const often = 10 * time.Millisecond

// answers returns when the service first answered as version, to within often. Each
// question is a new connection.
func (t *tool) answers(ctx context.Context, version string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	question := time.NewTicker(often)
	defer question.Stop()
	got := ""
	for got != version {
		select {
		case <-ctx.Done():
			return time.Time{}, &unserved{version, got, t.log.tail()}
		case <-question.C:
		}
		if v, err := ask(t.tree.address); err == nil {
			got = v
		}
	}
	return time.Now(), nil
}

// ask returns the version that the service at address names.
func ask(address string) (string, error) {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", address); err != nil {
		return "", err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	return answer.Header.Get("X-Version"), nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
