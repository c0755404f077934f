package terminal_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/terminal"
)

// window is a terminal emulator: somebody looks at it and types.
type window struct {
	t      *testing.T
	master *os.File
	slave  *os.File // kept for its mode

	mu      sync.Mutex
	vt      *terminal.VT
	raw     []byte
	changed chan struct{} // has room for one
}

func openWindow(t *testing.T, columns, rows int) *window {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	w := &window{t: t, master: master, vt: terminal.NewVT(columns, rows), changed: make(chan struct{}, 1)}
	var number int
	w.control(func(fd int) {
		if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
			t.Fatal(err)
		}
		if number, err = unix.IoctlGetInt(fd, unix.TIOCGPTN); err != nil {
			t.Fatal(err)
		}
	})
	if w.slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	w.resize(columns, rows)
	var reading sync.WaitGroup
	reading.Go(w.read)
	t.Cleanup(func() {
		w.close()
		w.slave.Close()
		reading.Wait()
	})
	return w
}

func (w *window) close() { w.master.Close() }

func (w *window) control(do func(fd int)) {
	raw, err := w.master.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { do(int(fd)) })
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) resize(columns, rows int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.vt.Resize(columns, rows)
	w.control(func(fd int) {
		unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(columns), Row: uint16(rows)})
	})
}

func (w *window) read() {
	b := make([]byte, 4096)
	for {
		n, err := w.master.Read(b)
		w.mu.Lock()
		w.vt.Write(b[:n])
		w.raw = append(w.raw, b[:n]...)
		w.mu.Unlock()
		select {
		case w.changed <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (w *window) types(keys string) {
	if _, err := w.master.WriteString(keys); err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) seen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.vt.Seen()
}

// until waits until what is seen is as it should be.
func (w *window) until(what string, ok func(seen []string) bool) {
	w.t.Helper()
	deadline := time.After(patience)
	for {
		seen := w.seen()
		if ok(seen) {
			return
		}
		select {
		case <-w.changed:
		case <-deadline:
			w.t.Fatalf("no %s within %v; the screen shows:\n  %s\nof\n%q", what, patience, strings.Join(seen, "\n  "), w.raw)
		}
	}
}

// wants waits until exactly these lines are seen, but for the time of day and how
// long something takes.
func (w *window) wants(want ...string) {
	w.t.Helper()
	w.until(strings.Join(want, " / "), func(seen []string) bool { return slices.EqualFunc(seen, want, like) })
}

func like(line, want string) bool {
	if len(line) > 9 && line[2] == ':' && line[5] == ':' {
		line = line[9:]
	}
	fields, wanted := strings.Fields(line), strings.Fields(want)
	return slices.EqualFunc(fields, wanted, func(f, w string) bool {
		if w == "TIME" {
			_, err := time.ParseDuration(f)
			return err == nil
		}
		return f == w
	})
}

func (w *window) mode() unix.Termios {
	var mode *unix.Termios
	var err error
	w.control(func(fd int) { mode, err = unix.IoctlGetTermios(fd, unix.TCGETS) })
	if err != nil {
		w.t.Fatal(err)
	}
	return *mode
}

// talk is both ends of what is said to a program beside its terminal.
type talk struct {
	t       *testing.T
	orders  *os.File
	answers chan string
	theirs  [2]*os.File
}

func newTalk(t *testing.T) *talk {
	t.Helper()
	theirIn, orders, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	k := &talk{t: t, orders: orders, answers: make(chan string, 100), theirs: [2]*os.File{theirIn, theirOut}}
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(k.answers)
		for s := bufio.NewScanner(answers); s.Scan(); {
			k.answers <- s.Text()
		}
	})
	t.Cleanup(func() {
		orders.Close()
		k.started()
		reading.Wait()
		answers.Close()
	})
	return k
}

// started: from here on the program alone holds its ends.
func (k *talk) started() {
	k.theirs[0].Close()
	k.theirs[1].Close()
}

func (k *talk) say(order string) {
	k.t.Helper()
	if _, err := fmt.Fprintln(k.orders, order); err != nil {
		k.t.Fatal(err)
	}
}

func (k *talk) hear(prefix string) string {
	k.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case a, open := <-k.answers:
			if !open {
				k.t.Fatalf("it ended without a word of %q", prefix)
			}
			if strings.HasPrefix(a, prefix) {
				return a
			}
		case <-deadline:
			k.t.Fatalf("waited %v for %q", patience, prefix)
		}
	}
}

func (k *talk) tell(order string) {
	k.t.Helper()
	k.say(order)
	k.hear("done " + order)
}

// run starts the demo, which the window is the terminal of, with nobody else there.
func (w *window) run(columns ...string) (*talk, *exec.Cmd) {
	w.t.Helper()
	k := newTalk(w.t)
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), role+"=demo", "TERM=xterm")
	c.Env = append(c.Env, columns...)
	c.Stdin, c.Stdout, c.Stderr = w.slave, w.slave, w.slave
	c.ExtraFiles = k.theirs[:]
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	if err := c.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	k.started()
	return k, c
}
