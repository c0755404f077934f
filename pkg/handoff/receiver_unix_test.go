//go:build unix

package handoff

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const (
	noticePatience = 20 * time.Second
	noticeChildEnv = "NOTICE_TEST_CHILD"
)

// TestNoticeChildReady is the other process of TestReceiverHearsAChild.
func TestNoticeChildReady(t *testing.T) {
	if os.Getenv(noticeChildEnv) != "" {
		sendNotice(t, os.Getenv("NOTIFY_SOCKET"), "READY=1\nSTATUS=hello")
	}
}

func runNoticeChild(t *testing.T, test, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), noticeChildEnv+"=1", "NOTIFY_SOCKET="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
	return cmd
}

func TestReceiverHearsAChild(t *testing.T) {
	r := mustReceive(t)
	cmd := runNoticeChild(t, "TestNoticeChildReady", r.Path())
	m := nextNotice(t, r)
	if want := (Notice{Ready: true, Status: "hello", StatusSet: true}); m.Err != nil || m.Notice != want {
		t.Errorf("got %+v, want %+v", m, want)
	}
	wantSender(t, m, cmd.Process.Pid)
}

func TestReceiverPassesDescriptors(t *testing.T) {
	r := mustReceive(t)
	out, in := noticePipe(t)
	sendNotice(t, r.Path(), "FDSTORE=1\nFDNAME=pipe", int(in.Fd()))
	in.Close()
	m := nextNotice(t, r)
	if m.Err != nil || m.Notice.FDName != "pipe" || len(m.FDs) != 1 {
		t.Fatalf("got %+v", m)
	}
	if fl, err := unix.FcntlInt(uintptr(m.FDs[0]), unix.F_GETFD, 0); err != nil || fl&unix.FD_CLOEXEC == 0 {
		t.Errorf("F_GETFD = %#x, %v: children would inherit it", fl, err)
	}
	f := os.NewFile(uintptr(m.FDs[0]), "stored")
	if _, err := f.WriteString("hello"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	wantEnd(t, out, "hello")
}

func TestReceiverTakesAsManyDescriptorsAsTheKernelSends(t *testing.T) {
	r := mustReceive(t)
	out, in := noticePipe(t)
	many := slices.Repeat([]int{int(in.Fd())}, 253)
	sendNotice(t, r.Path(), "FDSTORE=1", many...)
	in.Close()
	m := nextNotice(t, r)
	if m.Err != nil || len(m.FDs) != 253 {
		t.Fatalf("%d descriptors, %v", len(m.FDs), m.Err)
	}
	closeAll(m.FDs)
	wantEnd(t, out, "")
}

// The sender waits for the descriptor's end, which is the reader's to bring
// about after all that came before.
func TestReceiverBarrier(t *testing.T) {
	r := mustReceive(t)
	sendNotice(t, r.Path(), "STATUS=before")
	out, in := noticePipe(t)
	sendNotice(t, r.Path(), "BARRIER=1", int(in.Fd()))
	in.Close()
	if m := nextNotice(t, r); m.Notice.Status != "before" {
		t.Fatalf("got %+v", m)
	}
	m := nextNotice(t, r)
	if m.Err != nil || !m.Notice.Barrier || len(m.FDs) != 1 {
		t.Fatalf("got %+v", m)
	}
	out.SetReadDeadline(time.Now())
	if _, err := out.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the barrier was lifted by the Receiver: %v", err)
	}
	closeAll(m.FDs)
	wantEnd(t, out, "")
}

// Whatever is wrong with a message, its descriptors are closed and the next
// message is heard.
func TestReceiverSurvivesBadMessages(t *testing.T) {
	r := mustReceive(t)
	for _, c := range []struct {
		data string
		fds  int
		want string
	}{
		{"garbage", 1, `line "garbage"`},
		{"", 0, "it is empty"},
		{"\x00\xff\xfe", 1, "is not KEY=value"},
		{"FDSTORE=1\nFDNAME=a:b", 1, `"a:b"`},
		{"FDSTORE=1", 0, "FDSTORE=1 came without a descriptor"},
		{"BARRIER=1", 0, "BARRIER=1 came with 0 descriptors"},
		{"BARRIER=1", 2, "BARRIER=1 came with 2 descriptors"},
		{"BARRIER=1\nREADY=1", 1, "BARRIER=1 must be alone"},
		{"READY=1\nSTATUS=" + strings.Repeat("x", maxNotice), 1, "more than 4096 bytes"},
		{"READY=1", 1, ""}, // nobody asked for the descriptor
	} {
		out, in := noticePipe(t)
		fds := []int{int(in.Fd()), int(in.Fd())}[:c.fds]
		sendNotice(t, r.Path(), c.data, fds...)
		in.Close()
		m := nextNotice(t, r)
		if c.want == "" && m.Err != nil || c.want != "" && (m.Err == nil || !strings.Contains(m.Err.Error(), c.want)) {
			t.Errorf("%.30q: %v, want %q", c.data, m.Err, c.want)
		}
		if m.FDs != nil || m.Err != nil && m.Notice != (Notice{}) {
			t.Errorf("%.30q: got %+v", c.data, m)
		}
		wantSender(t, m, os.Getpid())
		wantEnd(t, out, "")
	}
	sendNotice(t, r.Path(), "STATUS="+strings.Repeat("x", maxNotice-len("STATUS=")))
	if m := nextNotice(t, r); m.Err != nil || len(m.Notice.Status) != maxNotice-len("STATUS=") {
		t.Errorf("the longest message: %d bytes, %v", len(m.Notice.Status), m.Err)
	}
}

func TestReceiverCloseEndsNext(t *testing.T) {
	r := mustReceive(t)
	first, ended := make(chan error), make(chan error)
	go func() {
		_, err := r.Next()
		first <- err
		_, err = r.Next()
		ended <- err
	}()
	sendNotice(t, r.Path(), "READY=1")
	noticeMust(t, <-first)
	noticeMust(t, r.Close())
	if err := <-ended; err != net.ErrClosed {
		t.Errorf("Next: %v", err)
	}
	if _, err := r.Next(); err != net.ErrClosed {
		t.Errorf("Next after Close: %v", err)
	}
	if _, err := os.Lstat(r.Path()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the path is still there: %v", err)
	}
}

func TestReceiverCloseDropsWhatNobodyRead(t *testing.T) {
	r := mustReceive(t)
	out, in := noticePipe(t)
	sendNotice(t, r.Path(), "FDSTORE=1", int(in.Fd()))
	in.Close()
	noticeMust(t, r.Close())
	wantEnd(t, out, "")
}

func TestReceivePathIsForEveryUser(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	fi, err := os.Lstat(mustReceive(t).Path())
	if err != nil || fi.Mode().Perm() != 0o666 {
		t.Errorf("mode %v, %v", fi.Mode(), err)
	}
}

func TestReceiveErrors(t *testing.T) {
	taken := mustReceive(t).Path()
	for path, want := range map[string]string{
		taken:                          "address already in use",
		taken + ".d/n":                 "no such file or directory",
		"/" + strings.Repeat("x", 200): "the path has 201 bytes: the system allows at most",
		"":                             "it is not the path of a file",
		"@abstract":                    "it is not the path of a file",
	} {
		r, err := Receive(path)
		if err == nil || r != nil || !strings.HasPrefix(err.Error(), "cannot receive notifications on "+path+": ") || !strings.Contains(err.Error(), want) {
			t.Errorf("Receive(%q) = %v, %v; want %q", path, r, err, want)
		}
	}
}

func mustReceive(t *testing.T) *Receiver {
	t.Helper()
	dir, err := os.MkdirTemp("", "n") // t.TempDir may be too long for a socket
	noticeMust(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	r, err := Receive(dir + "/notify")
	noticeMust(t, err)
	t.Cleanup(func() { r.Close() })
	return r
}

// nextNotice bounds the wait, which Next itself does not.
func nextNotice(t *testing.T, r *Receiver) Message {
	t.Helper()
	noticeMust(t, r.conn.SetReadDeadline(time.Now().Add(noticePatience)))
	m, err := r.Next()
	noticeMust(t, err)
	return m
}

func sendNotice(t *testing.T, path, data string, fds ...int) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	noticeMust(t, err)
	defer unix.Close(fd)
	var oob []byte
	if len(fds) > 0 {
		oob = unix.UnixRights(fds...)
	}
	noticeMust(t, unix.Sendmsg(fd, []byte(data), oob, &unix.SockaddrUnix{Name: path}, 0))
}

func noticePipe(t *testing.T) (out, in *os.File) {
	t.Helper()
	out, in, err := os.Pipe()
	noticeMust(t, err)
	t.Cleanup(func() { out.Close(); in.Close() })
	return out, in
}

// wantEnd reads to the end, which comes when every write end is closed.
func wantEnd(t *testing.T, out *os.File, want string) {
	t.Helper()
	out.SetReadDeadline(time.Now().Add(noticePatience))
	if got, err := io.ReadAll(out); err != nil || string(got) != want {
		t.Errorf("read %q, %v; want %q and the end: a write end is still open", got, err, want)
	}
}

func noticeMust(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
