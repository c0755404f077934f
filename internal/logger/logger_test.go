//go:build unix

package logger

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
)

// limit is how long any test waits for what should happen at once.
const limit = 30 * time.Second

// asMaster makes the test binary a supervisor that is about to be killed.
const asMaster = "LOGGER_TEST_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(asMaster); path != "" {
		os.Exit(master(path))
	}
	os.Exit(m.Run())
}

// heard is what a Logger tells.
type heard struct {
	mu      sync.Mutex
	lines   []string
	notices []string
	missed  int
	news    chan struct{}
}

func (h *heard) options() Options {
	note := func(f func()) {
		h.mu.Lock()
		defer h.mu.Unlock()
		f()
		select {
		case h.news <- struct{}{}:
		default:
		}
	}
	return Options{
		Heard: func(service string, generation int, line string) {
			note(func() { h.lines = append(h.lines, fmt.Sprintf("%s %d %s", service, generation, line)) })
		},
		Missed: func(_ string, _, n int) { note(func() { h.missed += n }) },
		Notice: func(text string) { note(func() { h.notices = append(h.notices, text) }) },
	}
}

func (h *heard) await(t *testing.T, what string, done func() bool) {
	t.Helper()
	late := time.After(limit)
	for {
		h.mu.Lock()
		ok := done()
		h.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-h.news:
		case <-late:
			t.Fatalf("never %s: %q, %q", what, h.lines, h.notices)
		}
	}
}

func newLogger(t *testing.T) (*Logger, *heard) {
	t.Helper()
	h := &heard{news: make(chan struct{}, 1)}
	l := New(h.options())
	t.Cleanup(l.Close)
	return l, h
}

func attachTo(t *testing.T, l *Logger, s Sink) *Tap {
	t.Helper()
	tap, err := l.Attach(s)
	if err != nil {
		t.Fatal(err)
	}
	return tap
}

// prints runs a shell that prints into the tap, and reads what is written to in.
func prints(t *testing.T, tap *Tap, script string) (cmd *exec.Cmd, in io.Writer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, "sh", "-c", script)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = os.NewFile(uintptr(dup(t, tap.FD())), "tap")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd.Stdout.(*os.File).Close()
	tap.Started()
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, in
}

func dup(t *testing.T, fd int) int {
	t.Helper()
	n, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func contents(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// awaitFile waits until a file holds a text.
func awaitFile(t *testing.T, path, want string) {
	t.Helper()
	for late := time.Now().Add(limit); ; {
		b, _ := os.ReadFile(path)
		if strings.Contains(string(b), want) {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("%s never has %q, but %q", path, want, b)
		}
	}
}

func TestFile(t *testing.T) {
	l, h := newLogger(t)
	path := filepath.Join(t.TempDir(), "web.log")
	tap := attachTo(t, l, Sink{Service: "web", Generation: 3, File: path})
	cmd, _ := prints(t, tap, `printf 'one\ntwo\nno end'`)
	cmd.Wait()
	tap.Close(limit)
	if got := contents(t, path); got != "one\ntwo\nno end\n" {
		t.Errorf("the file has %q", got)
	}
	h.await(t, "heard all", func() bool { return slices.Equal(h.lines, []string{"web 3 one", "web 3 two", "web 3 no end"}) })
	l.Close()
}

// A file that was renamed gets nothing any more, and a new one is there at once when it
// is asked for.
func TestRenamed(t *testing.T) {
	l, _ := newLogger(t)
	path := filepath.Join(t.TempDir(), "web.log")
	tap := attachTo(t, l, Sink{Service: "web", Generation: 1, File: path})
	cmd, in := prints(t, tap, "echo one; read x; echo $x; read x; echo $x")
	awaitFile(t, path, "one\n")
	rename := func(to string) {
		if err := os.Rename(path, path+to); err != nil {
			t.Fatal(err)
		}
	}
	rename(".1")
	fmt.Fprintln(in, "two") // nobody told it
	awaitFile(t, path, "two\n")
	rename(".2")
	l.Reopen()
	for late := time.Now().Add(limit); ; {
		if _, err := os.Stat(path); err == nil {
			break
		} else if time.Now().After(late) {
			t.Fatal(err)
		}
	}
	fmt.Fprintln(in, "three")
	cmd.Wait()
	tap.Close(limit)
	for name, want := range map[string]string{".1": "one\n", ".2": "two\n", "": "three\n"} {
		if got := contents(t, path+name); got != want {
			t.Errorf("web.log%s has %q", name, got)
		}
	}
}

// Writers at the same file do not tear each other's lines, however long these are.
func TestLinesStayWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	const writers, lines = 4, 200
	var all sync.WaitGroup
	for w := range writers {
		l, _ := newLogger(t) // two supervisors, say
		tap := attachTo(t, l, Sink{Service: "web", Generation: w, File: path})
		cmd, _ := prints(t, tap, fmt.Sprintf(`awk 'BEGIN { for (i = 1; i <= %d; i++) { s = ""; for (j = 0; j < i * 37 %% 9000; j++) s = s "%c"; print s } }'`, lines, 'a'+w))
		all.Go(func() { cmd.Wait(); tap.Close(limit) })
	}
	all.Wait()
	count := map[byte]int{}
	for line := range strings.Lines(contents(t, path)) {
		count[line[0]]++
		if n := count[line[0]]; len(line)-1 != n*37%9000 || strings.Trim(line, line[:1]+"\n") != "" {
			t.Fatalf("line %d of %c is torn: %d bytes", n, line[0], len(line))
		}
	}
	if len(count) != writers || count['a'] != lines {
		t.Errorf("got %v", count)
	}
}

// What a logger that was killed had not taken yet, the next one takes; the service does
// not notice.
func TestKilledLogger(t *testing.T) {
	l, h := newLogger(t)
	path := filepath.Join(t.TempDir(), "log")
	tap := attachTo(t, l, Sink{Service: "web", Generation: 1, File: path})
	cmd, in := prints(t, tap, "echo one; read x; echo $x; echo three")
	h.await(t, "heard one", func() bool { return len(h.lines) == 1 })
	awaitFile(t, path, "one\n")
	killLogger(t, l)
	fmt.Fprintln(in, "two")
	if err := cmd.Wait(); err != nil {
		t.Errorf("the service ended badly: %v", err)
	}
	h.await(t, "heard three", func() bool { return len(h.lines) == 3 })
	tap.Close(limit)
	if got := contents(t, path); got != "one\ntwo\nthree\n" {
		t.Errorf("the file has %q", got)
	}
	h.await(t, "told", func() bool { return len(h.notices) == 1 && strings.Contains(h.notices[0], "was gone") })
}

func killLogger(t *testing.T, l *Logger) {
	t.Helper()
	l.mu.Lock()
	pid := l.pid
	l.mu.Unlock()
	p, err := os.FindProcess(pid)
	if err == nil {
		err = p.Kill()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// master starts a service whose output goes to path, and waits for its end.
func master(path string) int {
	l := New(Options{
		Heard:  func(_ string, _ int, line string) { fmt.Println(line) },
		Missed: func(string, int, int) {}, Notice: func(string) {},
	})
	tap, err := l.Attach(Sink{Service: "web", Generation: 1, File: path})
	if err != nil {
		return 1
	}
	cmd := exec.Command("sh", "-c", "echo one; read x; echo two; echo three")
	cmd.Stdin, cmd.Stdout = os.Stdin, os.NewFile(uintptr(tap.FD()), "tap")
	if cmd.Start() != nil {
		return 1
	}
	cmd.Stdout.(*os.File).Close()
	tap.Started()
	cmd.Wait()
	return 0
}

// A supervisor that is killed takes nothing along.
func TestKilledSupervisor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asMaster+"="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	awaitFile(t, path, "one\n")
	cmd.Process.Kill()
	cmd.Process.Wait()
	fmt.Fprintln(in, "go on")
	awaitFile(t, path, "one\ntwo\nthree\n")
}

func TestFileThatCannotBeOpened(t *testing.T) {
	l, _ := newLogger(t)
	if _, err := l.Attach(Sink{File: filepath.Join(t.TempDir(), "no", "log")}); err == nil || !strings.HasPrefix(err.Error(), "cannot open the log file") {
		t.Errorf("got %v", err)
	}
}

// A disk that is full is told of, and does not keep the end from coming.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	l, h := newLogger(t)
	tap := attachTo(t, l, Sink{Service: "web", Generation: 1, File: "/dev/full"})
	cmd, _ := prints(t, tap, "echo one")
	h.await(t, "told", func() bool {
		return len(h.notices) == 1 && strings.Contains(h.notices[0], "cannot write the log file /dev/full: no space")
	})
	cmd.Wait()
	tap.Close(0)
	killLogger(t, l) // else it tries for some seconds more
}

func TestShapes(t *testing.T) {
	for mode, want := range map[telemetry.Mode]string{
		telemetry.Journal: "<6>web #7 | a\n<3>web #7 | b\n",
		telemetry.JSON:    `"service":"web","generation":7,"event":"output","message":"a"}` + "\n",
		telemetry.Plain:   "web  #7 | a\n",
	} {
		shape := newShape(Sink{Service: "web", Generation: 7, Mode: mode, Width: 4})
		if got := string(shape([]byte("a\n<3>b\n"))); !strings.Contains(got, want) || strings.Count(got, "\n") != 2 {
			t.Errorf("%s: %q", mode, got)
		}
		if got := string(shape([]byte("c\n"))); strings.Count(got, "\n") != 1 {
			t.Errorf("%s: then %q", mode, got)
		}
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add(frame{attach, 7, []byte("{}")}.append(nil))
	f.Add([]byte{output, 0, 0, 0, 1, 255, 255, 255, 255})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := readFrame(strings.NewReader(string(b)))
		if err == nil && string(got.append(nil)) != string(b[:frameHeader+len(got.text)]) {
			t.Errorf("%q was read as %+v", b, got)
		}
	})
}
