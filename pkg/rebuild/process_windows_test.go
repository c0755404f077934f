package rebuild

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// rebuildRole makes the test binary a command of a build.
const rebuildRole = "REBUILD_TEST_ROLE"

func init() {
	switch os.Getenv(rebuildRole) {
	case "parent":
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), rebuildRole+"=child")
		if err := child.Start(); err != nil {
			panic(err)
		}
		fmt.Println(child.Process.Pid)
		time.Sleep(time.Hour)
	case "child":
		time.Sleep(time.Hour)
	}
}

// A cancelled build leaves nothing, not even what its commands have started.
func TestCancelledBuildEndsItsTree(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), rebuildRole+"=parent")
	cmd.Dir = t.TempDir()
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- run(ctx, nil, cmd, w, w) }()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var pid uint32
	fmt.Sscan(line, &pid)
	child, err := windows.OpenProcess(windows.SYNCHRONIZE, false, pid)
	if err != nil {
		t.Fatal(err)
	}
	defer windows.CloseHandle(child)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if e, _ := windows.WaitForSingleObject(child, 30_000); e != windows.WAIT_OBJECT_0 {
		t.Error("what it started lives")
	}
}
