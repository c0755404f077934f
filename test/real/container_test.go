//go:build real

package real

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// image lays out what deploy/container/Containerfile does: an image that has nothing
// but the two programs and the config.
func image(t *testing.T, r *running, addr string) string {
	t.Helper()
	root := r.path("image")
	for _, dir := range []string{"usr/bin", "etc/supervisor", "proc", "dev"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, pkg := range map[string]string{"supervisor": "../../cmd/supervisor", "web": "../../examples/webservice"} {
		cmd := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(root, "usr/bin", name), pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("cannot build %s: %v\n%s", pkg, err, out)
		}
	}
	config, err := os.ReadFile("../../deploy/container/web.toml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(config), ":8080", addr)
	if err := os.WriteFile(filepath.Join(root, "etc/supervisor/web.toml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	// What every container is given.
	null := filepath.Join(root, "dev/null")
	if err := errors.Join(syscall.Mknod(null, syscall.S_IFCHR|0o666, 1<<8|3), os.Chmod(null, 0o666)); err != nil {
		t.Fatal(err)
	}
	tmp := filepath.Join(root, "tmp")
	if err := os.Mkdir(tmp, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(tmp, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	return root
}

// In the image it is PID 1 and nobody's user. It serves, hands off, is asked from
// inside, and drains on TERM, which PID 1 would not get unless it asked for it.
func TestContainer(t *testing.T) {
	t.Parallel()
	addr := free(t)
	r := newRunning(t)
	root := image(t, r, addr)
	r.env = []string{"PATH=/usr/bin:/bin:/usr/sbin:/sbin"}
	r.start("unshare", "--pid", "--fork", "--mount-proc=/proc", "--root", root, "--setuid", "65532", "--setgid", "65532",
		"/usr/bin/supervisor", "run", "-c", "/etc/supervisor/web.toml")
	r.await("web #1 serving")
	pid := r.child()
	t.Cleanup(func() {
		if t.Failed() {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	if got := statusOf(t, pid, "NSpid"); !strings.HasSuffix(got, "\t1") {
		t.Errorf("it is no PID 1: %s", got)
	}
	inside := func(args ...string) (string, int) {
		return r.as(0, "nsenter", append([]string{"--target", strconv.Itoa(pid), "--pid", "--mount", "--root", "--wd", "--setuid", "65532", "--setgid", "65532", "--"}, args...)...)
	}
	if text, code := inside("/usr/bin/supervisor", "reload", "-c", "/etc/supervisor/web.toml"); code != 0 {
		t.Errorf("supervisor reload: exit code %d, %s", code, text)
	}
	r.answers("http://"+addr+"/version", "1\n")
	q := begin(t, addr)
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	r.await("web #2 draining")
	q.finish()
	r.ends(0)
}

// child is what a program like unshare runs.
func (r *running) child() int {
	r.t.Helper()
	pids := children(r.cmd.Process.Pid)
	if len(pids) != 1 {
		r.t.Fatalf("%d children, want 1", len(pids))
	}
	return pids[0]
}

func children(pid int) (pids []int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for _, f := range strings.Fields(string(text)) {
		n, _ := strconv.Atoi(f)
		pids = append(pids, n)
	}
	return pids
}

func statusOf(t *testing.T, pid int, field string) string {
	t.Helper()
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, field+":"); ok {
			return strings.TrimRight(value, "\n")
		}
	}
	return ""
}

// orphans is a service that leaves processes behind, whose end shows in the fifo
// "gone". They belong to PID 1 then.
const orphans = `for n in 1 2 3; do (sh -c 'exec 9>gone; sleep 0.1' &); done; exec "$0"`

// What is orphaned is reaped.
func TestZombies(t *testing.T) {
	t.Parallel()
	addr := free(t)
	r := newRunning(t)
	r.env = append(r.env, "ADDR="+addr)
	if err := syscall.Mkfifo(r.path("gone"), 0o600); err != nil {
		t.Fatal(err)
	}
	both, err := os.OpenFile(r.path("gone"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := os.OpenFile(r.path("gone"), os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { gone.Close() })
	gone.SetReadDeadline(time.Now().Add(patience))
	r.start("unshare", "--pid", "--fork", "--kill-child", "--mount-proc",
		program("supervisor"), "run", "--listen", addr, "--", "sh", "-c", orphans, program("webservice"))
	r.await("sh #1 serving")
	both.Close()
	if _, err := bufio.NewReader(gone).ReadByte(); err == nil || os.IsTimeout(err) {
		t.Fatalf("the orphans do not end: %v", err)
	}
	pid := r.child()
	deadline, again := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer again.Stop()
	for left := zombies(t, pid); len(left) > 0; left = zombies(t, pid) {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("zombies are left: %v", left)
		}
	}
	r.answers("http://"+addr+"/version", "1\n")
	r.stops()
}

// zombies are the dead children of a process that it has not asked for.
func zombies(t *testing.T, pid int) (left []string) {
	for _, child := range children(pid) {
		if strings.HasPrefix(statusOf(t, child, "State"), "\tZ") {
			left = append(left, fmt.Sprintf("%d %s", child, strings.TrimSpace(statusOf(t, child, "Name"))))
		}
	}
	return left
}
