package adopt

import (
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// A number that was a thread's which is gone, and is another's now, means the other one.
func TestNumberOfAnother(t *testing.T) {
	gone, another := exec.Command("cat"), exec.Command("cat")
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	socket := os.NewFile(uintptr(fd), "socket")
	defer socket.Close()
	const number = 3
	for _, cmd := range []*exec.Cmd{gone, another} {
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.ExtraFiles = []*os.File{socket}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Wait()
		defer in.Close()
	}
	var last opened
	defer last.close()
	fetch := func(tid int) {
		t.Helper()
		fetched, err := caller{tid, &last}.socket(number)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fetched)
		if got, want := inodeOf(fetched), inodeOf(fd); got != want {
			t.Errorf("socket %d, want %d", got, want)
		}
	}
	fetch(gone.Process.Pid)
	fetch(gone.Process.Pid)
	gone.Process.Kill()
	gone.Wait()
	if last.tid != 0 { // else threads cannot be opened here
		last.tid = another.Process.Pid
	}
	fetch(another.Process.Pid)
	fetch(another.Process.Pid)
}
