package probe

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const deadline = 20 * time.Second

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "generation" {
		generation(os.Args[2])
		return
	}
	if len(os.Args) > 3 && os.Args[1] == "prober" {
		prober(os.Args[2], os.Args[3])
		return
	}
	os.Exit(m.Run())
}

// generation is a process that inherited the listener at fd 3. It accepts once it
// was told to, and writes a line for what happens to it.
func generation(kind string) {
	ln, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		panic(err)
	}
	fmt.Println("up")
	orders := bufio.NewScanner(os.Stdin)
	if !orders.Scan() {
		return
	}
	go serve(kind, ln)
	orders.Scan() // until the test ends
}

func serve(kind string, ln net.Listener) {
	if status, err := strconv.Atoi(kind); err == nil {
		http.Serve(ln, answer(status))
	}
	switch kind {
	case "endless":
		http.Serve(ln, endless())
	case "tls":
		s := httptest.NewUnstartedServer(answer(200))
		s.Listener = ln
		s.StartTLS()
		return
	case "secret":
		unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	}
	for {
		conn, err := ln.Accept()
		if err != nil {
			panic(err)
		}
		fmt.Println("accepted")
		go talk(kind, conn)
	}
}

func answer(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("request", r.Method, r.URL)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	})
}

func endless() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		fmt.Println("hung up")
	})
}

// talk reads a request; "http10" answers as Python's http.server does: no length,
// the end of the connection is the end of the answer.
func talk(kind string, conn net.Conn) {
	if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
		return
	}
	if kind == "http10" {
		io.WriteString(conn, "HTTP/1.0 200 OK\r\nServer: SimpleHTTP/0.6\r\n\r\nhello\n")
		conn.Close()
	}
	fmt.Println("request")
}

// prober probes for the generation that is the process pid, or a zombie, or the
// process PID but without sock_diag: "nodiag PID".
func prober(addr, pid string) {
	if rest, ok := strings.CutPrefix(pid, "nodiag "); ok {
		pid = rest
		forbidNetlink()
	}
	if pid == "zombie" {
		cmd := exec.Command("true")
		if err := cmd.Start(); err != nil {
			panic(err)
		}
		defer cmd.Wait()
		unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		pid = strconv.Itoa(cmd.Process.Pid)
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	err := TCP(ctx, addr, func(p int) bool { return strconv.Itoa(p) == pid })
	switch {
	case errors.Is(err, fs.ErrPermission):
		fmt.Println("denied:", err)
	case errors.Is(err, ErrOther):
		fmt.Println("other:", err)
	default:
		fmt.Println("neither:", err)
	}
}

// child is a generation as the test sees it.
type child struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines *bufio.Scanner
}

func start(t *testing.T, ln net.Listener, kind string) *child {
	t.Helper()
	f, err := ln.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c := spawn(t, nil, f, "generation", kind)
	c.expect("up")
	return c
}

func spawn(t *testing.T, attr *syscall.SysProcAttr, extra *os.File, args ...string) *child {
	t.Helper()
	// Through /proc/self/exe other users can run it, too.
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.SysProcAttr, cmd.Stderr = attr, os.Stderr
	if extra != nil {
		cmd.ExtraFiles = []*os.File{extra}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.SetReadDeadline(time.Now().Add(deadline))
	cmd.Stdout = w
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	c := &child{t, cmd, stdin, bufio.NewScanner(r)}
	t.Cleanup(func() { c.end(); r.Close() })
	return c
}

func (c *child) accept() *child { fmt.Fprintln(c.stdin, "accept"); return c }

// end ends the process; it may have been ended before.
func (c *child) end() {
	c.cmd.Process.Kill()
	c.cmd.Wait()
}

// next returns the next line, "" at the end.
func (c *child) next() string {
	c.t.Helper()
	if !c.lines.Scan() && c.lines.Err() != nil {
		c.t.Fatalf("waiting for a line: %v", c.lines.Err())
	}
	return c.lines.Text()
}

func (c *child) expect(want string) {
	c.t.Helper()
	if got := c.next(); got != want {
		c.t.Fatalf("got %q, want %q", got, want)
	}
}

// rest ends the process and returns what it wrote that was not read yet.
func (c *child) rest() string {
	c.t.Helper()
	c.end()
	var all []string
	for line := c.next(); line != ""; line = c.next() {
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

func (c *child) mine(pid int) bool { return pid == c.cmd.Process.Pid }
