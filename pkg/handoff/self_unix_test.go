//go:build unix

package handoff

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// With selfEnv set the test binary is a program that upgrades itself when it is told
// to on its standard input, as often as it is told. The file that the variable names
// says how a successor behaves.
const (
	selfEnv     = "HANDOFF_TEST_SELF"
	selfTimeout = "HANDOFF_TEST_SELF_TIMEOUT"
)

func runSelf(behave string) error {
	timeout, err := time.ParseDuration(os.Getenv(selfTimeout))
	if err != nil {
		return err
	}
	s, err := NewSelf(SelfOptions{PIDFile: behave + ".pid", Timeout: timeout})
	if err != nil {
		return err
	}
	defer s.Close()
	number := 1
	b, heir := s.Inherited()
	fds := b.FDs
	if heir {
		if number, err = strconv.Atoi(string(b.State)); err != nil {
			return err
		}
		if leave := misbehave(s, behave); leave {
			return nil
		}
	} else if fds, err = openMany(behave); err != nil {
		return err
	}
	if err := wantMany(behave, fds); err != nil {
		s.Failed(err.Error(), "look at the test", 9)
		return err
	}
	if heir { // so that it is said before "succeeded by"
		fmt.Println("ready", number, os.Getpid())
	}
	if err := s.Ready(); err != nil {
		return err
	}
	if !heir {
		fmt.Println("ready", number, os.Getpid())
	}
	<-s.Alone()
	var word string
	for {
		if _, err := fmt.Scanln(&word); err != nil || word == "end" {
			return nil
		}
		left := fds
		if word == "closed" {
			left = []int{1 << 20} // nobody has it
		}
		pid, err := s.Upgrade(context.Background(), Bequest{[]byte(strconv.Itoa(number + 1)), left})
		if err == nil {
			fmt.Println("succeeded by", pid)
			return nil
		}
		var failed *UpgradeError
		fmt.Printf("refused: %v (typed %t)\n", err, errors.As(err, &failed))
	}
}

// misbehave does what the file says, and returns whether that was all.
func misbehave(s *Self, behave string) bool {
	how, _ := os.ReadFile(behave)
	switch string(how) {
	case "exit":
		return true
	case "refuse":
		s.Failed("I do not like it", "", 2)
		os.Exit(2)
	case "panic":
		panic("on purpose")
	case "obey": // is never ready, and does as it is told
		<-s.GivenUp()
		s.Failed("told to end", "", 4)
		return true
	case "hang":
		<-s.GivenUp()
		select {}
	}
	return false
}

// many are more than one message carries.
const many = fdsAtOnce + 50

func openMany(path string) (fds []int, err error) {
	for n := range many {
		f, err := os.Create(fmt.Sprintf("%s.%d", path, n))
		if err != nil {
			return nil, err
		}
		fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
		f.Close()
		if err != nil {
			return nil, err
		}
		fds = append(fds, fd)
	}
	return fds, nil
}

// wantMany checks that every descriptor is the file that it was, in order.
func wantMany(path string, fds []int) error {
	if len(fds) != many {
		return fmt.Errorf("%d descriptors, want %d", len(fds), many)
	}
	for n, fd := range fds {
		var have, want syscall.Stat_t
		err := errors.Join(syscall.Fstat(fd, &have), syscall.Stat(fmt.Sprintf("%s.%d", path, n), &want))
		if err != nil || have.Ino != want.Ino {
			return fmt.Errorf("descriptor %d is another file: %v", n, err)
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			return fmt.Errorf("descriptor %d is open for children", n)
		}
	}
	return nil
}

// A selfish is a program that runs runSelf, and its successors.
type selfish struct {
	t      *testing.T
	behave string
	in     io.WriteCloser
	lines  chan string
}

func startSelfish(t *testing.T, program string, timeout time.Duration) *selfish {
	t.Helper()
	s := &selfish{t: t, behave: filepath.Join(t.TempDir(), "behave"), lines: make(chan string)}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), selfEnv+"="+s.behave, selfTimeout+"="+timeout.String(), "GORACE=atexit_sleep_ms=0")
	cmd.Stdout, cmd.Stderr = w, w
	if s.in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	go func() {
		defer close(s.lines)
		text := ""
		for chunk := make([]byte, 4096); ; {
			n, err := r.Read(chunk)
			text += string(chunk[:n])
			for line, rest, whole := strings.Cut(text, "\n"); whole; line, rest, whole = strings.Cut(text, "\n") {
				s.lines <- line
				text = rest
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		s.in.Close() // all of them end with their input
		for range s.lines {
		}
		cmd.Wait()
		r.Close()
	})
	return s
}

// hears waits for a line that begins so, and returns the rest of it.
func (s *selfish) hears(begin string) string {
	s.t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case line, ok := <-s.lines:
			if !ok {
				s.t.Fatalf("it ended before it said %q", begin)
			}
			if rest, ok := strings.CutPrefix(line, begin); ok {
				return rest
			}
			s.t.Log(line)
		case <-deadline:
			s.t.Fatalf("it did not say %q", begin)
		}
	}
}

func (s *selfish) tell(word string) { fmt.Fprintln(s.in, word) }

// expect sets how the next successor behaves.
func (s *selfish) expect(how string) {
	s.t.Helper()
	if err := os.WriteFile(s.behave, []byte(how), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *selfish) pidFile() string {
	s.t.Helper()
	text, err := os.ReadFile(s.behave + ".pid")
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// Each one leaves all descriptors to the next, in order.
func TestSelfSuccessors(t *testing.T) {
	t.Parallel()
	s := startSelfish(t, os.Args[0], time.Minute)
	pid := strings.TrimPrefix(s.hears("ready 1 "), " ")
	for n := 2; n < 8; n++ {
		if got := s.pidFile(); got != pid {
			t.Errorf("the PID file says %s, want %s", got, pid)
		}
		s.tell("upgrade")
		pid = s.hears(fmt.Sprintf("ready %d ", n))
		if got := s.hears("succeeded by "); got != pid {
			t.Errorf("succeeded by %s, want %s", got, pid)
		}
	}
	s.tell("end")
}

// A successor that does not take over changes nothing, and the next one can.
func TestSelfRefused(t *testing.T) {
	t.Parallel()
	s := startSelfish(t, os.Args[0], time.Minute)
	pid := s.hears("ready 1 ")
	for _, c := range []struct{ how, reason string }{
		{"exit", "exited"},
		{"refuse", "cannot upgrade: the new program says: I do not like it"},
		{"panic", "exit status 2"},
	} {
		s.expect(c.how)
		s.tell("upgrade")
		got := s.hears("refused: ")
		if !strings.Contains(got, c.reason) || !strings.HasSuffix(got, "(typed true)") {
			t.Errorf("%s: refused with %q, want %q", c.how, got, c.reason)
		}
		if got := s.pidFile(); got != pid {
			t.Errorf("%s: the PID file says %s, want %s", c.how, got, pid)
		}
	}
	s.expect("")
	s.tell("upgrade")
	s.hears("ready 2 ")
	s.tell("end")
}

// A successor that cannot be left everything is not waited for.
func TestSelfCannotLeave(t *testing.T) {
	t.Parallel()
	s := startSelfish(t, os.Args[0], time.Hour)
	s.hears("ready 1 ")
	s.tell("closed")
	if got := s.hears("refused: "); !strings.Contains(got, "cannot leave the new program what is held here: ") || !strings.Contains(got, "bad file descriptor") {
		t.Errorf("refused with %q", got)
	}
	s.tell("upgrade")
	s.hears("ready 2 ")
	s.tell("end")
}

// One that is late is told to end. If it does not do so either, it is killed.
func TestSelfLate(t *testing.T) {
	t.Parallel()
	for how, reason := range map[string]string{
		"obey": "the new program says: told to end",
		"hang": "it was not ready after 10s",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := startSelfish(t, os.Args[0], 10*time.Second) // enough for the one that gets ready
			s.hears("ready 1 ")
			s.expect(how)
			s.tell("upgrade")
			if got := s.hears("refused: "); !strings.Contains(got, reason) {
				t.Errorf("refused with %q, want %q", got, reason)
			}
			s.expect("")
			s.tell("upgrade")
			s.hears("ready 2 ")
			s.tell("end")
		})
	}
}

// The file that is started is the one that has the name now, wherever a link in it
// leads to.
func TestSelfReplacedFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(dir, "current")
	point := func(to string) {
		t.Helper()
		if err := errors.Join(os.Symlink(to, link+".new"), os.Rename(link+".new", link)); err != nil {
			t.Fatal(err)
		}
	}
	point(os.Args[0])
	s := startSelfish(t, link, time.Minute)
	s.hears("ready 1 ")
	if err := os.WriteFile(filepath.Join(dir, "other"), []byte("#!/bin/sh\nexit 23\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	point("other")
	s.tell("upgrade")
	if got := s.hears("refused: "); !strings.Contains(got, "exit status 23") {
		t.Errorf("refused with %q", got)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	s.tell("upgrade")
	if got := s.hears("refused: "); !strings.Contains(got, link) || !strings.Contains(got, "no such file") {
		t.Errorf("refused with %q", got)
	}
	point(os.Args[0])
	s.tell("upgrade")
	s.hears("ready 2 ")
	s.tell("end")
}

func TestLineRefusesWhatDoesNotFit(t *testing.T) {
	ours, theirs, err := newLines()
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	defer ours.Close()
	if err := ours.give(Bequest{State: make([]byte, maxState+1)}); err == nil {
		t.Error("too much state was given")
	}
	if err := ours.give(Bequest{FDs: make([]int, maxGiven+1)}); err == nil {
		t.Error("too many descriptors were given")
	}
}

func FuzzReadSaid(f *testing.F) {
	f.Add([]byte("{\"pid\":7}\n{\"failed\":\"no\",\"code\":2}\n"))
	f.Add([]byte("{\"failed\":"))
	f.Add([]byte("\n\nnull\n[]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var all []said
		readSaid(strings.NewReader(string(text)), func(s said) { all = append(all, s) })
		if n := strings.Count(string(text), "\n") + 1; len(all) > n {
			t.Errorf("%d messages in %d lines", len(all), n)
		}
	})
}

func FuzzTake(f *testing.F) {
	f.Add([]byte{0, 0, 0, 2, 0, 0, 0, 0, 'h', 'i'})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 1, 0})
	f.Fuzz(func(t *testing.T, text []byte) {
		ours, theirs, err := newLines()
		if err != nil {
			t.Fatal(err)
		}
		defer ours.Close()
		heir, err := newLine(theirs)
		if err != nil {
			t.Fatal(err)
		}
		defer heir.Close()
		if len(text) > 1<<12 {
			return // it would not fit into the socket
		}
		ours.Write(text)
		ours.Close()
		b, err := heir.take(time.Now().Add(30 * time.Second))
		if err == nil && !slices.Equal(b.State, text[8:8+len(b.State)]) {
			t.Errorf("took %q from %q", b.State, text)
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("it waited for what cannot come")
		}
	})
}
