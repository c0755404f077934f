package rebuild

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The test runs again in a mount namespace of its own, where the store is on a
// file system of 64 KiB.
func TestFullDisk(t *testing.T) {
	if dir := os.Getenv("REBUILD_TEST_FULL_DISK"); dir != "" {
		fullDisk(t, dir)
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), "REBUILD_TEST_FULL_DISK="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ENOSPC) {
		t.Skipf("user namespaces are not allowed here: %v", err)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: TestFullDisk") {
		t.Errorf("%v\n%s", err, out)
	}
}

func fullDisk(t *testing.T, store string) {
	if err := unix.Mount("tmpfs", store, "tmpfs", 0, "size=64k"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Unmount(store, 0) })
	dir := newTree(t, nil)
	b := newBuilder(t, Options{Dir: dir, Command: script("one"), Output: "bin/web", Store: store})
	good := mustBuild(t, b)

	b = newBuilder(t, Options{
		Dir: dir, Command: "head -c 100000 /dev/zero >>bin/web", Output: "bin/web", Store: store,
	})
	_, err := b.Build(t.Context())
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Step != StepStore || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("error %v", err)
	}
	for _, part := range []string{"cannot build bin/web: store: ", filepath.Join(store, ".build-web-"), "no space left on device"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
	checkStore(t, b, good)
	if got := output(t, good); got != "one" {
		t.Errorf("the good one prints %q", got)
	}

	// The go command's own error.
	b = newBuilder(t, Options{Dir: helloModule(t), Package: "./cmd/web", Store: store})
	if _, err := b.Build(t.Context()); err == nil || !strings.Contains(err.Error(), "no space left on device") {
		t.Errorf("error %v", err)
	}
	checkStore(t, b, good)
}
