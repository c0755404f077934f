package proc

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"
)

const survivorPatience = 30 * time.Second

// A left process is one that somebody else has started and reaps. All of its tree
// holds a pipe open.
type left struct {
	t    *testing.T
	id   Identity
	out  *bufio.Reader
	pipe *os.File
}

const leftMark = "SUPERVISOR_PROCESS=test."

// leave starts a shell as leader of a group, and returns when it has said "up".
func leave(t *testing.T, mark, script string, env ...string) *left {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(env, mark, "PATH="+os.Getenv("PATH")), w, w
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = cmd.Start()
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	reaped := make(chan struct{})
	go func() { defer close(reaped); cmd.Wait() }()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-reaped
	})
	st, err := statOf(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	r.SetReadDeadline(time.Now().Add(survivorPatience))
	l := &left{t, Identity{cmd.Process.Pid, st.start, mark}, bufio.NewReader(r), r}
	l.says("up")
	return l
}

func (l *left) says(want string) {
	l.t.Helper()
	got, err := l.out.ReadString('\n')
	if err != nil || got != want+"\n" {
		l.t.Fatalf("the process said %q, %v, want %q", got, err, want)
	}
}

// gone checks that nothing of the tree is left.
func (l *left) gone() {
	l.t.Helper()
	if text, err := io.ReadAll(l.out); err != nil {
		l.t.Errorf("something is left of the tree, which said %q: %v", text, err)
	}
}

func adopt(t *testing.T, l *left, asked bool) *Survivor {
	t.Helper()
	s, err := Adopt(l.id)
	if err != nil {
		t.Fatal(err)
	}
	if asked {
		s.Drains()
	}
	return s
}

// waited is closed when Wait has returned.
func waited(s *Survivor) <-chan struct{} {
	done := make(chan struct{})
	go func() { defer close(done); s.Wait() }()
	return done
}

func within(t *testing.T, done <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(survivorPatience):
		t.Fatalf("%s did not happen within %v", what, survivorPatience)
	}
}

func TestSomebodyElseIsNotAdopted(t *testing.T) {
	l := leave(t, leftMark+"a", "echo up; sleep 1000; :")
	for name, id := range map[string]Identity{
		"another start": {l.id.PID, l.id.Start + 1, l.id.Mark},
		"another mark":  {l.id.PID, l.id.Start, leftMark + "b"},
		"none":          {0, l.id.Start, l.id.Mark},
		"all":           {-1, l.id.Start, l.id.Mark},
	} {
		if s, err := Adopt(id); err == nil || s != nil {
			t.Errorf("%s: %v is adopted as %v", name, l.id, id)
		}
	}
	if s := adopt(t, l, false); s.Started().After(time.Now()) || time.Since(s.Started()) > survivorPatience {
		t.Errorf("it was started %v", s.Started())
	} else {
		done := waited(s)
		s.Kill()
		within(t, done, "the end")
	}
	if _, err := Adopt(l.id); !errors.Is(err, ErrGone) {
		t.Errorf("one that is gone is adopted: %v", err)
	}
}

// A program that has put its title where the environment was has no mark any more.
func TestOverwrittenEnvironment(t *testing.T) {
	l := leave(t, leftMark+"a", "echo up; exec env -i /bin/sleep 1000")
	deadline, again := time.After(survivorPatience), time.NewTicker(time.Millisecond)
	defer again.Stop()
	for marked(l.id.PID, l.id.Mark) {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatal("it keeps its environment")
		}
	}
	s := adopt(t, l, false)
	done := waited(s)
	s.Signal(syscall.SIGTERM)
	within(t, done, "the end")
	l.gone()
}

// What left the group, and what has neither mark nor life of its own. The child is no
// shell: one that was just forked, or is about to read, may swallow a signal.
const familyOf = `
PROC_TEST_MASTER=asked setsid "$SELF" 3>"$FIFO" &
env -i /bin/sleep 1000 &
read line <"$FIFO"
trap 'echo leader asked; exit' TERM
echo up
wait`

func leaveFamily(t *testing.T, script string) *left {
	t.Helper()
	fifo := t.TempDir() + "/fifo"
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	return leave(t, leftMark+"family", script, "FIFO="+fifo, "SELF="+os.Args[0])
}

func TestRestIsAskedAfterTheLeader(t *testing.T) {
	l := leaveFamily(t, familyOf)
	s := adopt(t, l, false)
	if n := len(s.Members()); n < 3 || s.Members()[0] != l.id.PID {
		t.Errorf("members are %v", s.Members())
	}
	done := waited(s)
	if err := s.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	l.says("leader asked")
	l.says("child asked")
	within(t, done, "the end")
	l.gone()
	if err := errors.Join(s.Signal(syscall.SIGTERM), s.Kill()); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

func TestRestIsKilledAfterACrash(t *testing.T) {
	l := leaveFamily(t, familyOf)
	done := waited(adopt(t, l, false))
	syscall.Kill(l.id.PID, syscall.SIGKILL)
	within(t, done, "the end")
	l.gone()
}

func TestKillEndsAll(t *testing.T) {
	for _, asked := range []bool{false, true} {
		l := leaveFamily(t, familyOf)
		s := adopt(t, l, asked)
		done := waited(s)
		if err := s.Kill(); err != nil {
			t.Error(err)
		}
		within(t, done, "the end")
		l.gone()
	}
}

// A rest that does not end as asked is killed when its time is over.
func TestKillEndsTheRest(t *testing.T) {
	l := leave(t, leftMark+"deaf", `trap 'echo asked; exit' TERM; (trap '' TERM; echo up; while :; do sleep 1000; done) & wait`)
	s := adopt(t, l, false)
	done := waited(s)
	s.Signal(syscall.SIGTERM)
	l.says("asked")
	s.Kill()
	within(t, done, "the end")
	l.gone()
}

// A second signal would end what drains. What the shell was sent before it has read the
// line it deals with before it goes on.
func TestAskedOnce(t *testing.T) {
	fifo := t.TempDir() + "/fifo"
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	l := leave(t, leftMark+"a", `trap 'echo asked' TERM; exec 4<>"$FIFO"; echo up; read line <&4; echo done`, "FIFO="+fifo)
	line, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	s := adopt(t, l, true)
	done := waited(s)
	if err := s.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	line.WriteString("\n")
	l.says("done")
	within(t, done, "the end")
}

func TestStrays(t *testing.T) {
	l := leaveFamily(t, "SUPERVISOR_GENERATION=7; export SUPERVISOR_GENERATION; exec sh -c '"+
		`setsid sleep 1000 & echo up; wait'`)
	find := func() []Stray {
		return slices.DeleteFunc(Strays("SUPERVISOR_PROCESS=test.fam"), func(s Stray) bool { return s.Mark != l.id.Mark })
	}
	all := find()
	if len(all) != 1 || all[0].Identity != l.id || all[0].Env["SUPERVISOR_GENERATION"] != "7" {
		t.Fatalf("strays are %+v, want %+v", all, l.id)
	}
	syscall.Kill(l.id.PID, syscall.SIGKILL)
	for id := (Identity{l.id.PID, l.id.Start, ""}); id.Lives(); {
	}
	all = find()
	if len(all) != 1 || all[0].PID == l.id.PID {
		t.Fatalf("without the leader strays are %+v", all)
	}
	s, err := Adopt(all[0].Identity)
	if err != nil {
		t.Fatal(err)
	}
	done := waited(s)
	s.Kill()
	within(t, done, "the end")
	l.gone()
}

func TestOwnIdentity(t *testing.T) {
	id, err := Self()
	if err != nil || !id.Lives() {
		t.Errorf("this process is %v, %v", id, err)
	}
	id.Start--
	if id.Lives() {
		t.Error("a former process of this PID lives")
	}
	if boot, err := Boot(); err != nil || len(boot) != 36 {
		t.Errorf("the boot is %q, %v", boot, err)
	}
}

func FuzzStat(f *testing.F) {
	f.Add([]byte("7 (sh) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 1 1"))
	f.Add([]byte("7 (a) b) Z 1) R 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 99 1 1"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := parseStat(text); err == nil && s.state == 0 {
			t.Errorf("%q has no state", text)
		}
	})
}
