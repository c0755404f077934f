package proc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// limit is how long any test waits for something that should happen at once.
const limit = 30 * time.Second

// role makes the test binary another program.
const role = "PROC_TEST_ROLE"

func TestMain(m *testing.M) {
	if r := os.Getenv(role); r != "" {
		os.Exit(play(r))
	}
	os.Exit(m.Run())
}

func play(r string) int {
	switch r {
	case "say":
		dir, _ := os.Getwd()
		fmt.Println(os.Getenv("A"), dir, strings.Join(os.Args[1:], "|"))
		return 3
	case "sleep":
		time.Sleep(time.Hour)
	case "hog": // of 256 MiB
		all := make([]byte, 256<<20)
		for i := range all {
			all[i] = 1
		}
		fmt.Println("has it")
		runtime.KeepAlive(all)
	case "spin": // until its standard input ends
		go func() {
			for {
			}
		}()
		io.Copy(io.Discard, os.Stdin)
	case "parent": // of a child that it waits for
		fmt.Println(child("sleep"))
		time.Sleep(time.Hour)
	case "leaves": // a child behind, after a line of input
		fmt.Println(child("sleep"))
		bufio.NewReader(os.Stdin).ReadString('\n')
	case "breakaway":
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), role+"=say")
		cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_BREAKAWAY_FROM_JOB}
		fmt.Println(errors.Is(cmd.Run(), windows.ERROR_ACCESS_DENIED))
	case "group": // whether a console's Ctrl-C is kept from it, as from who leads a group
		fmt.Println(windows.RtlGetCurrentPeb().ProcessParameters.ConsoleFlags&1 == 1)
	case "break":
		c := make(chan os.Signal, 1)
		signal.Notify(c, os.Interrupt)
		fmt.Println("ready")
		<-c
		return 7
	case "breaker":
		if err := breaker(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	case "master": // a supervisor that is going to be killed
		g, err := NewGuardian()
		if err != nil {
			fmt.Println(err)
			return 1
		}
		l := Launcher{Guard: g}
		if _, err := l.Start(context.Background(), Spec{Path: os.Args[0], Args: os.Args[:1], Stdout: 1, Stderr: 2,
			Env: append(os.Environ(), role+"=parent")}); err != nil {
			fmt.Println(err)
			return 1
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), role+"=sleep")
		if _, _, err := g.Start(cmd); err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println(cmd.Process.Pid)
		time.Sleep(time.Hour)
	}
	return 0
}

func child(r string) int {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), role+"="+r)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return cmd.Process.Pid
}

// begin starts the test binary in a role.
func begin(t *testing.T, l *Launcher, spec Spec, r string) (*Process, *bufio.Reader) {
	t.Helper()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	spec.Path, spec.Args = os.Args[0], append(os.Args[:1:1], spec.Args...)
	spec.Env = append(append(os.Environ(), role+"="+r), spec.Env...)
	spec.Stdout, spec.Stderr = int(out.Fd()), 2
	p, err := l.Start(t.Context(), spec)
	out.Close()
	if err != nil {
		t.Fatal(err)
	}
	return p, bufio.NewReader(in)
}

func line(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	got := make(chan string, 1)
	go func() {
		s, _ := r.ReadString('\n')
		got <- s
	}()
	select {
	case s := <-got:
		return strings.TrimRight(s, "\r\n")
	case <-time.After(limit):
		t.Fatal("no line came")
		return ""
	}
}

func number(t *testing.T, r *bufio.Reader) int {
	t.Helper()
	n, err := strconv.Atoi(line(t, r))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// follow opens a process, to see its end.
func follow(t *testing.T, pid int) windows.Handle {
	t.Helper()
	h, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		t.Fatalf("process %d: %v", pid, err)
	}
	t.Cleanup(func() { windows.CloseHandle(h) })
	return h
}

func ended(h windows.Handle, within time.Duration) bool {
	e, _ := windows.WaitForSingleObject(h, uint32(within.Milliseconds()))
	return e == windows.WAIT_OBJECT_0
}

func wait(t *testing.T, p *Process) Exit {
	t.Helper()
	got := make(chan Exit, 1)
	go func() { got <- p.Wait() }()
	select {
	case e := <-got:
		return e
	case <-time.After(limit):
		t.Fatal("it does not end")
		return Exit{}
	}
}

func TestStart(t *testing.T) {
	var l Launcher
	dir := t.TempDir()
	p, out := begin(t, &l, Spec{Dir: dir, Env: []string{"a=first", "A=b c"}, Args: []string{`x "y"`, `z\`}}, "say")
	if got, want := line(t, out), `b c `+dir+` x "y"|z\`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if e := wait(t, p); e.Code != 3 || e.Reason != "exit status 3" {
		t.Errorf("exit %+v", e)
	}
	if err := p.Kill(); err != nil {
		t.Errorf("kill after the end: %v", err)
	}
}

func TestStartErrors(t *testing.T) {
	var l Launcher
	for name, c := range map[string]struct {
		spec Spec
		want error
	}{
		"missing":      {Spec{Path: `C:\no\such\program`}, exec.ErrNotFound},
		"no directory": {Spec{Path: os.Args[0], Dir: `C:\no\such\dir`}, windows.ERROR_DIRECTORY},
		"sockets":      {Spec{Path: os.Args[0], FDs: []int{3}}, errors.ErrUnsupported},
	} {
		_, err := l.Start(t.Context(), c.spec)
		var e *StartError
		if !errors.As(err, &e) || !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The whole tree ends, and Wait does not return before.
func TestKill(t *testing.T) {
	var l Launcher
	p, out := begin(t, &l, Spec{}, "parent")
	grandchild := follow(t, number(t, out))
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	if e := wait(t, p); e.Code != -1 || e.Reason != "killed" {
		t.Errorf("exit %+v", e)
	}
	if !ended(grandchild, 0) {
		t.Error("the grandchild lives")
	}
}

// What a leader leaves that ended by itself is killed.
func TestLeft(t *testing.T) {
	var l Launcher
	p, out := begin(t, &l, Spec{}, "leaves") // its standard input is at its end
	left := follow(t, number(t, out))
	if e := wait(t, p); e.Code != 0 {
		t.Errorf("exit %+v", e)
	}
	if !ended(left, 0) {
		t.Error("what it left lives")
	}
}

// What a leader leaves that was asked to end has until Kill.
func TestLeftAfterAsking(t *testing.T) {
	var l Launcher
	in, input, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p, out := begin(t, &l, Spec{Stdin: int(in.Fd())}, "leaves")
	in.Close()
	left := follow(t, number(t, out))
	leader := follow(t, p.PID())
	p.Expect()
	input.Close()
	if !ended(leader, limit) {
		t.Fatal("the leader lives")
	}
	gone := make(chan Exit, 1)
	go func() { gone <- p.Wait() }()
	select {
	case <-gone:
		t.Fatal("Wait did not wait for what was left")
	case <-time.After(200 * time.Millisecond):
	}
	if ended(left, 0) {
		t.Error("what it left was killed")
	}
	p.Kill()
	select {
	case <-gone:
	case <-time.After(limit):
		t.Fatal("it does not end")
	}
}

func TestContains(t *testing.T) {
	var l Launcher
	p, out := begin(t, &l, Spec{}, "parent")
	grandchild := number(t, out)
	if !p.Holds(p.PID()) || !p.Holds(grandchild) || !p.Contains(grandchild) {
		one, err := p.holds(p.PID())
		t.Errorf("its own processes are strangers to it: %v, %v", one, err)
	}
	if p.Holds(os.Getpid()) || p.Contains(os.Getpid()) {
		t.Error("a stranger is taken for one of its own")
	}
	p.Kill()
	wait(t, p)
	if p.Holds(grandchild) {
		t.Error("a tree that is gone has members")
	}
}

func TestUsage(t *testing.T) {
	var l Launcher
	p, out := begin(t, &l, Spec{}, "parent")
	line(t, out)
	u, err := p.Usage()
	if err != nil || u.Processes != 2 || u.Started != 2 || u.Memory == 0 || u.CPU <= 0 && !wine() {
		t.Errorf("got %+v, %v", u, err)
	}
	p.Kill()
	wait(t, p)
	if _, err := p.Usage(); !errors.Is(err, ErrGone) {
		t.Errorf("after the end: %v", err)
	}
}

// wine reports no times of a job, and passes no CTRL_BREAK on: with a console that both share the
// call succeeds, and nothing arrives.
func wine() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

func TestNoBreakaway(t *testing.T) {
	var l Launcher
	p, out := begin(t, &l, Spec{}, "breakaway")
	if got := line(t, out); got != "true" {
		t.Errorf("a process could leave its job: %q", got)
	}
	wait(t, p)
}

// Nothing of dev outlives its supervisor, whatever ends it.
func TestGuardian(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), role+"=master")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	first, second := follow(t, number(t, lines)), follow(t, number(t, lines))
	if ended(first, 0) || ended(second, 0) {
		t.Fatal("they ended too early")
	}
	cmd.Process.Kill()
	if !ended(first, limit) || !ended(second, limit) {
		t.Error("a process outlives its supervisor")
	}
	cmd.Wait()
}

// A supervisor that has a console asks by CTRL_BREAK. That of the test may have none, so
// another one plays it.
func TestBreak(t *testing.T) {
	if wine() {
		t.Skip("wine passes no CTRL_BREAK on")
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), role+"=breaker")
	cmd.Stderr = os.Stderr
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(string(out)); !slices.Equal(got, []string{"7", "7"}) {
		t.Errorf("they ended with %q", got)
	}
}

// A process that leads no group cannot be asked by CTRL_BREAK without us: one in the
// foreground does, too.
func TestForegroundLeads(t *testing.T) {
	var l Launcher
	for _, foreground := range []bool{false, true} {
		p, out := begin(t, &l, Spec{Foreground: foreground}, "group")
		if got := line(t, out); got != "true" {
			t.Errorf("foreground %v: it leads no group", foreground)
		}
		wait(t, p)
	}
}

// The system keeps a message of a job until somebody reads it. So there is no port for
// them before the end, when somebody does; and who gets none there waits all the same.
func TestNobodyIsToldTooEarly(t *testing.T) {
	var l Launcher
	p, out := begin(t, &l, Spec{}, "parent")
	grandchild := follow(t, number(t, out))
	port, err := p.job.listen() // a job has one
	if err != nil {
		t.Fatalf("somebody is told already: %v", err)
	}
	defer windows.CloseHandle(port)
	p.Kill()
	wait(t, p)
	if !ended(grandchild, 0) {
		t.Error("Wait did not wait for the grandchild")
	}
}

var allocConsole = windows.NewLazySystemDLL("kernel32.dll").NewProc("AllocConsole")

// breaker is a supervisor with a console that asks processes to end, and hears nothing of
// it itself.
func breaker() error {
	// It is denied to who has one.
	if ok, _, err := allocConsole.Call(); ok == 0 && !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return fmt.Errorf("cannot make a console: %w", err)
	}
	return errors.Join(breakOne(false), breakOne(true))
}

func breakOne(foreground bool) error {
	in, out, err := os.Pipe()
	if err != nil {
		return err
	}
	var l Launcher
	p, err := l.Start(context.Background(), Spec{Path: os.Args[0], Args: os.Args[:1], Stdout: int(out.Fd()), Stderr: 2,
		Env: append(os.Environ(), role+"=break"), Foreground: foreground})
	if err != nil {
		return err
	}
	out.Close()
	if _, err := bufio.NewReader(in).ReadString('\n'); err != nil {
		return err
	}
	if err := p.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	fmt.Println(p.Wait().Code)
	return nil
}

// A program is found without its .exe and with either slash, in any case of letters; so is
// a script, as npm is one.
func TestNamesOfPrograms(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "with space")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(dir, "prog.exe")
	if err := os.WriteFile(whole, program, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "script.cmd"), []byte("@\"%~dp0prog.exe\" %*\r\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	for _, name := range []string{whole, filepath.Join(dir, "prog"), filepath.ToSlash(whole), filepath.Join(dir, "PROG.EXE"), "prog", "script"} {
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		var l Launcher
		p, err := l.Start(t.Context(), Spec{Path: name, Args: []string{"prog", "x"}, Stdout: int(out.Fd()), Stderr: 2, Env: append(os.Environ(), role+"=say")})
		out.Close()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := line(t, bufio.NewReader(in)); !strings.HasSuffix(got, " x") {
			t.Errorf("%s says %q", name, got)
		} else if e := wait(t, p); e.Code != 3 {
			t.Errorf("%s: exit %+v", name, e)
		}
		in.Close()
	}
}
