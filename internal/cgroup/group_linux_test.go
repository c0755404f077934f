package cgroup

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// sleeper is a process that lives as long as the test.
func sleeper(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd.Process.Pid
}

// On a real hierarchy of version 1: limits are set, a process joins, the group goes when
// the process is gone, and not before.
func TestMake(t *testing.T) {
	g, err := Make("supervisor-test", "web-1", Limits{Memory: 64 << 20, CPU: 50})
	if err != nil {
		if os.Geteuid() == 0 && len(mounted(t)) == 2 {
			t.Fatal(err)
		}
		var e *Error
		if !errors.As(err, &e) || e.Hint() == "" {
			t.Errorf("without the right or the controllers: %v", err)
		}
		t.Skip("no control groups can be made here:", err)
	}
	if len(g.dirs) != 2 || len(g.FDs()) != 2 {
		t.Fatalf("it is in %q", g.dirs)
	}
	for i, want := range []map[string]string{
		{"memory.limit_in_bytes": "67108864", "memory.max": "67108864"},
		{"cpu.cfs_quota_us": "50000", "cpu.cfs_period_us": "100000", "cpu.max": "50000 100000"},
	} {
		found := 0
		for file, value := range want {
			text, err := os.ReadFile(filepath.Join(g.dirs[i], file))
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if found++; strings.TrimSpace(string(text)) != value {
				t.Errorf("%s is %q, want %q", file, text, value)
			}
		}
		if found == 0 {
			t.Errorf("%s has none of %v", g.dirs[i], want)
		}
	}
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for _, fd := range g.FDs() {
		if _, err := unix.Write(fd, []byte(strconv.Itoa(cmd.Process.Pid))); err != nil {
			t.Fatal(err)
		}
	}
	g.Joined()
	Sweep("supervisor-test") // its maker lives, and somebody is in it
	for _, dir := range g.dirs {
		if text, err := os.ReadFile(filepath.Join(dir, "cgroup.procs")); err != nil || strings.TrimSpace(string(text)) != strconv.Itoa(cmd.Process.Pid) {
			t.Errorf("in %s are %q, %v", dir, text, err)
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	if err := g.Remove(); err != nil {
		t.Error(err)
	}
	for _, dir := range g.dirs {
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left: %v", dir, err)
		}
	}
}

// mounted lists the controllers of version 1 that there are of those that are needed.
func mounted(t *testing.T) (all []string) {
	t.Helper()
	o, err := find("/")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []string{"memory", "cpu"} {
		if o.first[c] != "" {
			all = append(all, c)
		}
	}
	return all
}

// What a supervisor that is gone has left is removed, if nobody is in it.
func TestSweep(t *testing.T) {
	o, err := find("/")
	if err != nil {
		t.Fatal(err)
	}
	parent, _, err := o.place("memory")
	if err != nil || unix.Access(parent, unix.W_OK) != nil {
		t.Skip("no control groups can be made here:", err)
	}
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	name := func(pid int, rest string) string { return fmt.Sprintf("supervisor-sweep-%d-%s", pid, rest) }
	left := []string{name(os.Getpid(), "web-1"), name(gone.Process.Pid, "web-2"), "supervisor-sweepers-1-x"}
	swept := name(gone.Process.Pid, "web-1")
	for _, n := range append([]string{swept}, left...) {
		dir := filepath.Join(parent, n)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { remove(dir) })
	}
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(filepath.Join(parent, left[1])) })
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if err := write(filepath.Join(parent, left[1], "cgroup.procs"), strconv.Itoa(cmd.Process.Pid)); err != nil {
		t.Fatal(err)
	}
	Sweep("supervisor-sweep")
	for _, n := range left {
		if _, err := os.Stat(filepath.Join(parent, n)); err != nil {
			t.Errorf("it is not to be removed: %v", err)
		}
	}
	if _, err := os.Stat(filepath.Join(parent, swept)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left: %v", swept, err)
	}
}

// fake is a tree of version 2 in a directory: what the kernel would put into each new
// group is put there by mkdir.
func fake(t *testing.T, controllers string) (own, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "unit")
	files := map[string]string{
		"cgroup.controllers": controllers, "cgroup.subtree_control": "", "cgroup.procs": "", "cgroup.type": "domain",
		"memory.max": "max", "cpu.max": "max 100000",
	}
	mkdir := func(dir string, mode os.FileMode) error {
		if err := os.Mkdir(dir, mode); err != nil {
			return err
		}
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				return err
			}
		}
		return nil
	}
	if err := mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return own{first: map[string]string{}, second: dir, mkdir: mkdir}, dir
}

func TestMakeOfVersion2(t *testing.T) {
	o, dir := fake(t, "cpu memory pids")
	g, err := o.make("web", Limits{Memory: 1 << 20, CPU: 250})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Joined()
	if want := []string{filepath.Join(dir, "web")}; !slices.Equal(g.dirs, want) || len(g.procs) != 1 {
		t.Errorf("it is in %q, want %q", g.dirs, want)
	}
	for file, want := range map[string]string{
		"web/memory.max": "1048576", "web/cpu.max": "250000 100000",
		"cgroup.subtree_control": "+cpu", // the last that was written; the kernel would add them up
	} {
		if text, err := os.ReadFile(filepath.Join(dir, file)); err != nil || !strings.HasPrefix(string(text), want) {
			t.Errorf("%s has %q, %v, want %q", file, text, err, want)
		}
	}
	// From the leaf the place is the same.
	o.second = filepath.Join(dir, leaf)
	if at, version, err := o.place("cpu"); at != dir || version != 2 || err != nil {
		t.Errorf("from the leaf it is %s, %d, %v", at, version, err)
	}
}

func TestNoController(t *testing.T) {
	o, dir := fake(t, "pids")
	_, err := o.make("web", Limits{Memory: 1})
	if want := `cannot make a control group: there is no controller "memory" in ` + dir; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = own{}.make("web", Limits{CPU: 1})
	if want := `cannot make a control group: there is no controller "cpu": no control groups are mounted that have it`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if entries, err := os.ReadDir(dir); err != nil || slices.ContainsFunc(entries, os.DirEntry.IsDir) {
		t.Errorf("left are %v, %v", entries, err)
	}
}

// A group that cannot be made whole is an error, and says what is missing.
func TestMakeOfAPart(t *testing.T) {
	o, _ := fake(t, "cpu memory")
	was := o.mkdir
	o.mkdir = func(dir string, mode os.FileMode) error {
		return errors.Join(was(dir, mode), os.Remove(filepath.Join(dir, "cpu.max")))
	}
	_, err := o.make("web", Limits{Memory: 1 << 20, CPU: 50})
	if err == nil || !strings.Contains(err.Error(), "cannot set limits.cpu to 50%") {
		t.Errorf("got %v", err)
	}
}

// On a real hierarchy of version 2, without controllers: a group is vacated.
func TestVacate(t *testing.T) {
	o, err := find("/")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(o.second, "supervisor-test-vacate")
	if o.second == "" || os.Mkdir(dir, 0o755) != nil {
		t.Skip("no group of version 2 can be made here")
	}
	t.Cleanup(func() { remove(dir) })
	t.Cleanup(func() { remove(filepath.Join(dir, leaf)) })
	pids := []string{strconv.Itoa(sleeper(t)), strconv.Itoa(sleeper(t))}
	for _, pid := range pids {
		if err := write(filepath.Join(dir, "cgroup.procs"), pid); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.vacate(dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, leaf, "cgroup.procs"))
	got := strings.Fields(string(text))
	slices.Sort(got)
	slices.Sort(pids)
	if err != nil || !slices.Equal(got, pids) {
		t.Errorf("in the leaf are %q, %v, want %q", got, err, pids)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "cgroup.procs")); err != nil || len(text) > 0 {
		t.Errorf("left are %q, %v", text, err)
	}
	// The root of all holds processes and groups: nothing is moved.
	if _, err := os.Stat(filepath.Join(o.second, "cgroup.type")); err != nil {
		if err := o.vacate(o.second); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(o.second, leaf)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the root has a leaf: %v", err)
		}
	}
}
