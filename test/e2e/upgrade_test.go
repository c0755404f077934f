//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// An upgradable is a supervisor whose executable can be replaced.
type upgradable struct {
	*supervised
	bin string // its executable
	pid int    // of the supervisor in charge
}

// startUpgradable waits for the first generation.
func startUpgradable(t *testing.T, c config) *upgradable {
	t.Helper()
	u := newUpgradable(t, c)
	u.begins()
	return u
}

// newUpgradable has not begun yet.
func newUpgradable(t *testing.T, c config) *upgradable {
	t.Helper()
	program := built(t, programs.supervisor)
	roster, notices := listenRoster(t)
	dir := shortDir(t)
	s := &supervised{t: t, notices: notices, roster: roster, busy: map[string]bool{}}
	s.config = c.write(t, dir, roster)
	s.env = append(os.Environ(), "SUPERVISOR_CONTROL="+filepath.Join(dir, "control"),
		"XDG_RUNTIME_DIR="+dir, "CACHE_DIRECTORY="+filepath.Join(dir, "cache"))
	u := &upgradable{supervised: s, bin: filepath.Join(dir, "supervisor")}
	u.install(program)
	return u
}

func (u *upgradable) begins() {
	u.t.Helper()
	u.run(u.bin, "run")
	// The supervisor that is in charge in the end is no child of this process.
	u.t.Cleanup(func() { syscall.Kill(u.pid, syscall.SIGQUIT) })
	u.pid = u.cmd.Process.Pid
	u.awaitReady(1)
	u.poll("the first supervisor in charge", func() bool { return u.status().Services[0].serving() == 1 })
}

// install puts a program in the place of the supervisor's, as a package does: by a
// rename.
func (u *upgradable) install(program string) {
	u.t.Helper()
	installCopy(u.t, program, u.bin)
}

func (u *upgradable) installText(text []byte, mode os.FileMode) {
	u.t.Helper()
	replaceFile(u.t, u.bin, text, mode)
}

// ask runs a verb with a program that works, whatever stands in u.bin.
func (u *upgradable) ask(verb string, args ...string) (string, int) {
	u.t.Helper()
	return u.answerOf(u.begin(verb, args...))
}

func (u *upgradable) begin(verb string, args ...string) *exec.Cmd {
	u.t.Helper()
	cmd := exec.CommandContext(u.t.Context(), built(u.t, programs.supervisor), append([]string{verb, "-c", u.config}, args...)...)
	cmd.Env, cmd.Dir = u.env, filepath.Dir(u.config)
	out := new(strings.Builder)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		u.t.Fatal(err)
	}
	return cmd
}

// answerOf takes notices while a verb is waited for: the service's processes do not
// get ready before they are heard.
func (u *upgradable) answerOf(cmd *exec.Cmd) (string, int) {
	u.t.Helper()
	return u.answerWithin(cmd, patience)
}

func (u *upgradable) answerWithin(cmd *exec.Cmd, patience time.Duration) (string, int) {
	u.t.Helper()
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	deadline := time.After(patience)
	for {
		select {
		case n := <-u.notices:
			u.note(n)
		case <-done:
			return cmd.Stdout.(*strings.Builder).String(), cmd.ProcessState.ExitCode()
		case <-deadline:
			cmd.Process.Kill()
			<-done
			u.t.Fatalf("%v has not ended after %v: %s", cmd.Args, patience, cmd.Stdout)
		}
	}
}

type status struct {
	PID      int
	Services []serviceStatus
}

type serviceStatus struct {
	Generations []struct {
		Number int
		Phase  string
	}
}

func (s serviceStatus) serving() int {
	for _, g := range s.Generations {
		if g.Phase == "serving" {
			return g.Number
		}
	}
	return 0
}

func (u *upgradable) status() (s status) {
	u.t.Helper()
	out, code := u.ask("status", "--json")
	if code != 0 {
		u.t.Fatalf("status: exit code %d: %s", code, out)
	}
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		u.t.Fatalf("status: %v: %s", err, out)
	}
	return s
}

// upgrade returns when a new supervisor is in charge.
func (u *upgradable) upgrade() {
	u.t.Helper()
	before := len(u.ready)
	out, code := u.ask("upgrade")
	if code != 0 {
		u.t.Fatalf("upgrade: exit code %d: %s", code, out)
	}
	u.succeeded()
	if want := fmt.Sprintf("upgraded: supervisor %d has taken over\n", u.pid); out != want {
		u.t.Errorf("upgrade said %q, want %q", out, want)
	}
	if len(u.ready) == before {
		u.awaitReady(before + 1)
	}
}

// succeeded learns who is in charge. The end of the first supervisor is no failure from
// now on.
func (u *upgradable) succeeded() {
	u.t.Helper()
	before := u.pid
	if u.pid = u.status().PID; u.pid == before {
		u.t.Fatalf("supervisor %d is still in charge", before)
	}
	u.exited = nil
}

// awaitEnd waits for the first supervisor to have drained, and wants exit code 0.
func (u *upgradable) awaitEnd(exited <-chan error) {
	u.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case n := <-u.notices:
			u.note(n)
		case err := <-exited:
			if err != nil {
				u.t.Errorf("the first supervisor ended badly: %v", err)
			}
			return
		case <-deadline:
			u.t.Fatalf("the first supervisor has not ended for %v", patience)
		}
	}
}

// poll asks until the answer is yes, which may come without a notice.
func (u *upgradable) poll(what string, done func() bool) {
	u.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case n := <-u.notices:
			u.note(n)
		case <-again.C:
		case err := <-u.exited:
			u.t.Fatalf("the supervisor ended while the test waited for %s: %v", what, err)
		case <-deadline:
			u.t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

// refused wants an upgrade refused with an exit code and words of the reason, and
// everything as it was.
func (u *upgradable) refused(code int, reason string) {
	u.t.Helper()
	before := u.status()
	out, got := u.ask("upgrade")
	if got != code || !strings.Contains(out, reason) {
		u.t.Errorf("upgrade: exit code %d, want %d with %q: %s", got, code, reason, out)
	}
	after := u.status()
	if after.PID != before.PID || after.Services[0].serving() != before.Services[0].serving() {
		u.t.Errorf("the upgrade changed %+v to %+v", before, after)
	}
}

// end stops the supervisor in charge. Nothing must be left.
func (u *upgradable) end() {
	u.t.Helper()
	if out, code := u.ask("stop"); code != 0 {
		u.t.Errorf("stop: exit code %d: %s", code, out)
	}
	u.awaitNobody(time.After(patience))
	left, err := filepath.Glob(filepath.Join(filepath.Dir(u.config), "control*"))
	if err != nil || len(left) > 0 {
		u.t.Errorf("left: %q, %v", left, err)
	}
}

// One supervisor after the other takes over, and no request is lost.
func TestUpgradeUnderLoad(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	u := startUpgradable(t, config{socket: "http", address: addr})
	loads := []*loading{
		startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 200}),
		startLoad(t, load.Config{Load: load.Keepalive, Address: addr, Workers: 4, Rate: 200}),
		startLoad(t, load.Config{Load: load.Slow, Address: addr, Workers: 64, Rate: 10}),
	}
	open := 0
	for n := range 10 {
		loads[0].awaitAnswer(u.newest())
		u.install(built(t, programs.supervisor))
		u.upgrade()
		loads[0].awaitAnswer(u.newest())
		if got := u.status().Services[0].serving(); got != n+2 {
			t.Errorf("generation %d serves after %d upgrades", got, n+1)
		}
		if n == 0 {
			u.awaitSettled(1)
			open = u.descriptors()
		}
	}
	for _, l := range loads {
		r := l.end()
		wantNoLoss(t, r, u.ready)
	}
	u.awaitSettled(1)
	u.awaitDescriptors(open)
	u.end()
}

// descriptors is how many the supervisor in charge has open; 0 where that is unknown.
func (u *upgradable) descriptors() int {
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", u.pid))
	if err != nil {
		return 0
	}
	return len(files)
}

// awaitDescriptors waits until no more are open than most and what is in use for a
// moment, such as the connection of a client.
func (u *upgradable) awaitDescriptors(most int) {
	u.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(50*time.Millisecond)
	defer again.Stop()
	for u.descriptors() > most {
		select {
		case n := <-u.notices:
			u.note(n)
		case <-again.C:
		case <-deadline:
			u.t.Fatalf("%d descriptors are open, and %d were at first", u.descriptors(), most)
		}
	}
}

// A program that cannot take over leaves everything as it was, says why, and the one
// after it can.
func TestUpgradeToABadProgram(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	u := startUpgradable(t, config{socket: "http", address: addr})
	l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 200})
	script := func(text string) func() {
		return func() { u.installText([]byte("#!/bin/sh\n"+text), 0o755) }
	}
	for _, c := range []struct {
		name    string
		install func()
		code    int
		reason  string
	}{
		{"missing", func() { os.Remove(u.bin) }, 4, "no such file"},
		{"not executable", func() { u.installText([]byte("#!/bin/sh\n"), 0o644) }, 4, "permission denied"},
		{"no program", func() { u.installText([]byte("\x7fELFnothing"), 0o755) }, 4, "exec format error"},
		{"exits with 0", script("exit 0"), 4, "exited"},
		{"exits with 1", script("exit 1"), 4, "exit status 1"},
		{"crashes", script("kill -SEGV $$"), 4, "segmentation fault"},
	} {
		c.install()
		u.refused(c.code, c.reason)
	}
	u.install(built(t, programs.supervisor))
	good, err := os.ReadFile(u.config)
	if err != nil {
		t.Fatal(err)
	}
	u.configure("[services.web\n")
	u.refused(2, "supervisor.toml")
	u.configure(strings.Replace(string(good), `"-roster"`, `"-nonsense", "-roster"`, 1))
	u.refused(4, "web: exited: exit status 2")
	u.configure(string(good))
	if n := len(u.ready); n != 1 {
		t.Errorf("%d processes have got ready", n)
	}
	u.upgrade()
	l.awaitAnswer(u.newest())
	wantNoLoss(t, l.end(), u.ready)
	u.end()
}

func (u *upgradable) configure(text string) {
	u.t.Helper()
	if err := os.WriteFile(u.config, []byte(text), 0o644); err != nil {
		u.t.Fatal(err)
	}
}

// USR2 does the same as the verb, and SIGHUP meanwhile is heard by whoever is in
// charge in the end.
func TestUpgradeBySignal(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "unix")
	u := startUpgradable(t, config{socket: "unix", address: addr})
	l := startLoad(t, load.Config{Load: load.Unix, Address: addr, Workers: 4, Rate: 200})
	old := u.pid
	exited := u.exited
	u.exited = nil
	syscall.Kill(old, syscall.SIGUSR2)
	u.awaitReady(2)
	syscall.Kill(old, syscall.SIGHUP)
	u.awaitReady(3)
	u.awaitEnd(exited)
	u.succeeded()
	l.awaitAnswer(u.newest())
	wantNoLoss(t, l.end(), u.ready)
	u.end()
}

// While a new supervisor starts, another upgrade is refused and a reload waits. A stop
// ends both supervisors.
func TestRequestsDuringAnUpgrade(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	u := startUpgradable(t, config{socket: "http", address: addr})
	l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 200})

	u.installSlow()
	upgrade := u.begin("upgrade")
	u.awaitStarted()
	u.refused(4, "an upgrade is under way already")
	reload := u.begin("reload")
	u.goOn()
	if out, code := u.answerOf(upgrade); code != 0 {
		t.Fatalf("upgrade: exit code %d: %s", code, out)
	}
	if out, code := u.answerOf(reload); code != 0 || out != "web: promoted generation 3\n" {
		t.Errorf("reload: exit code %d: %s", code, out)
	}
	u.succeeded()
	l.awaitAnswer(u.newest())

	u.installSlow()
	upgrade = u.begin("upgrade")
	u.awaitStarted()
	wantNoLoss(t, l.end(), u.ready)
	stop := u.begin("stop")
	if out, code := u.answerOf(upgrade); code != 4 || !strings.Contains(out, "cannot upgrade") {
		t.Errorf("upgrade: exit code %d: %s", code, out)
	}
	if out, code := u.answerOf(stop); code != 0 {
		t.Errorf("stop: exit code %d: %s", code, out)
	}
	u.awaitNobody(time.After(patience))
}

// installSlow puts a program in place that tells when it is started, and becomes the
// supervisor when it may go on.
func (u *upgradable) installSlow() {
	u.t.Helper()
	u.makeFIFOs()
	real := u.bin + ".real"
	u.install(built(u.t, programs.supervisor))
	if err := os.Rename(u.bin, real); err != nil {
		u.t.Fatal(err)
	}
	u.installText(fmt.Appendf(nil, "#!/bin/sh\necho >%s\nread -r go <%s\nmv %s %s\nexec %s \"$@\"\n",
		u.fifo("started"), u.fifo("go"), real, u.bin, u.bin), 0o755)
}

func (u *upgradable) makeFIFOs() {
	u.t.Helper()
	for _, name := range []string{"started", "go"} {
		os.Remove(u.fifo(name))
		if err := syscall.Mkfifo(u.fifo(name), 0o600); err != nil {
			u.t.Fatal(err)
		}
	}
}

func (u *upgradable) fifo(name string) string { return filepath.Join(filepath.Dir(u.config), name) }

// awaitStarted returns when the slow program runs.
func (u *upgradable) awaitStarted() { u.t.Helper(); u.awaitWord("started") }

// awaitWord returns when somebody has written to a fifo.
func (u *upgradable) awaitWord(name string) {
	u.t.Helper()
	// Opened for both, it does not wait for a writer.
	f, err := os.OpenFile(u.fifo(name), os.O_RDWR, 0)
	if err != nil {
		u.t.Fatal(err)
	}
	defer f.Close()
	f.SetReadDeadline(time.Now().Add(patience))
	if _, err := f.Read(make([]byte, 1)); err != nil {
		u.t.Fatalf("nobody has written to %s: %v", name, err)
	}
}

// goOn lets the slow program become the supervisor.
func (u *upgradable) goOn() {
	u.t.Helper()
	f, err := os.OpenFile(u.fifo("go"), os.O_RDWR, 0)
	if err != nil {
		u.t.Fatal(err)
	}
	u.t.Cleanup(func() { f.Close() })
	fmt.Fprintln(f)
}
