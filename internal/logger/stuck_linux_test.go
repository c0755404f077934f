package logger

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A log that takes nothing, here a fifo that nobody reads, keeps no other service's
// output from its place, also when it is to be opened again.
func TestStuckFile(t *testing.T) {
	l, h := newLogger(t)
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	stuck := attachTo(t, l, Sink{Service: "web", Generation: 1, File: fifo})
	const size = 128 << 10 // more than a pipe holds
	cmd, _ := prints(t, stuck, fmt.Sprintf("head -c %d /dev/zero | tr '\\0' x; echo; read x", size))
	h.await(t, "heard the long line", func() bool { return len(h.lines) == 1 })
	l.Reopen()
	other := filepath.Join(dir, "log")
	tap := attachTo(t, l, Sink{Service: "web", Generation: 2, File: other})
	next, _ := prints(t, tap, "echo hello")
	awaitFile(t, other, "hello\n")
	next.Wait()
	tap.Close(limit)
	cmd.Process.Kill()
	cmd.Wait()
	read := make([]byte, size+1)
	for n := 0; n < len(read); {
		m, err := reader.Read(read[n:])
		if err != nil {
			t.Fatal(err)
		}
		n += m
	}
	stuck.Close(limit)
	if got := strings.Trim(string(read), "x"); got != "\n" {
		t.Errorf("the fifo got %.20q", got)
	}
}
