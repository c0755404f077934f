package proc

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// hung mounts a file system that answers nothing but its first question (FUSE_INIT, see
// linux/fuse.h). Another process keeps it, since this one may stand still: that says
// "hangs" when somebody waits, and "late" before it gives up.
func hung(t *testing.T) (dir string, said *bufio.Reader, free func()) {
	t.Helper()
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skip("no FUSE here: ", err)
	}
	dev := os.NewFile(uintptr(fd), "fuse")
	defer dev.Close()
	dir = t.TempDir()
	if err := unix.Mount("hung", dir, "fuse", unix.MS_NOSUID|unix.MS_NODEV, fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0", fd)); err != nil {
		t.Skip("cannot mount here: ", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	question := make([]byte, 64<<10)
	if _, err := unix.Read(fd, question); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 80)                        // a header of 16 bytes, and what is agreed upon
	binary.NativeEndian.PutUint32(answer, 80)         // length
	copy(answer[8:16], question[8:16])                // of which question
	binary.NativeEndian.PutUint32(answer[16:], 7)     // version
	binary.NativeEndian.PutUint32(answer[20:], 31)    // and minor
	binary.NativeEndian.PutUint32(answer[36:], 4<<10) // bytes that are written at once
	if _, err := unix.Write(fd, answer); err != nil {
		t.Fatal(err)
	}
	keeper := exec.Command("sh", "-c", "dd bs=64k count=1 <&3 >/dev/null 2>&1; echo hangs; sleep 60; echo late")
	keeper.ExtraFiles = []*os.File{dev}
	keeper.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := keeper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := keeper.Start(); err != nil {
		t.Fatal(err)
	}
	return dir, bufio.NewReader(out), func() { syscall.Kill(-keeper.Process.Pid, syscall.SIGKILL) }
}

// A start that hangs holds nobody up: if its child hung before the exec, this whole
// program would stand still at the next collection of garbage.
func TestStartOnHungFileSystem(t *testing.T) {
	for name, spec := range map[string]Spec{
		"directory": {Path: "/bin/true", Args: []string{"true"}, Dir: "/sub"},
		"program":   {Path: "/program", Args: []string{"program"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, said, free := hung(t)
			if spec.Dir != "" {
				spec.Dir = dir + spec.Dir
			} else {
				spec.Path = dir + spec.Path
			}
			spec.Stdout, spec.Stderr = 2, 2
			started := make(chan error, 1)
			go func() {
				p, err := new(Launcher).Start(t.Context(), spec)
				if err == nil {
					p.Wait()
				}
				started <- err
			}()
			if line, err := said.ReadString('\n'); line != "hangs\n" {
				t.Fatalf("heard %q, %v", line, err)
			}
			runtime.GC()
			free()
			if rest, _ := io.ReadAll(said); strings.Contains(string(rest), "late") {
				t.Error("all stood still until the file system was gone")
			}
			if err := <-started; err == nil {
				t.Error("it was started")
			}
		})
	}
}
