//go:build real

package real

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func listen(addr string) (net.Listener, error) { return net.Listen("tcp", addr) }

func (r *running) procFile(pid int, name string) string {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), name))
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// statusField is one of /proc/PID/status, with single spaces.
func (r *running) statusField(pid int, key string) string {
	r.t.Helper()
	for line := range strings.Lines(r.procFile(pid, "status")) {
		if value, ok := strings.CutPrefix(line, key+":"); ok {
			return strings.Join(strings.Fields(value), " ")
		}
	}
	r.t.Errorf("there is no %s in the status of process %d", key, pid)
	return ""
}

// limitOf is one of /proc/PID/limits, as soft:hard.
func (r *running) limitOf(pid int, name string) string {
	r.t.Helper()
	for line := range strings.Lines(r.procFile(pid, "limits")) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			fields := strings.Fields(rest)
			return fields[0] + ":" + fields[1]
		}
	}
	r.t.Errorf("there is no %s in the limits of process %d", name, pid)
	return ""
}

// openBy tells what the descriptors of a process lead to.
func (r *running) openBy(pid int) map[int]string {
	r.t.Helper()
	dir := filepath.Join("/proc", strconv.Itoa(pid), "fd")
	entries, err := os.ReadDir(dir)
	if err != nil {
		r.t.Fatal(err)
	}
	all := map[int]string{}
	for _, e := range entries {
		n, _ := strconv.Atoi(e.Name())
		if to, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil {
			all[n] = to
		}
	}
	return all
}

// drained waits until one generation is left.
func (r *running) drained() {
	r.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer again.Stop()
	for len(r.status().Generations) > 1 {
		select {
		case <-again.C:
		case <-deadline:
			r.t.Fatalf("it does not come to rest: %+v", r.status())
		}
	}
}

// hierarchy is where control groups that have a controller are mounted, and their version.
func hierarchy(t *testing.T, controller string) (dir string, version int) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 4 {
			continue
		}
		switch fields[2] {
		case "cgroup":
			if strings.Contains(","+fields[3]+",", ","+controller+",") {
				return fields[1], 1
			}
		case "cgroup2":
			there, err := os.ReadFile(filepath.Join(fields[1], "cgroup.controllers"))
			if err == nil && slices.Contains(strings.Fields(string(there)), controller) {
				dir, version = fields[1], 2
			}
		}
	}
	if dir == "" {
		t.Fatalf("no control groups have the controller %q", controller)
	}
	return dir, version
}

// groupsLeft lists the control groups of services.
func groupsLeft(t *testing.T, name string) (all []string) {
	t.Helper()
	for _, controller := range []string{"memory", "cpu"} {
		dir, _ := hierarchy(t, controller)
		filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			if err == nil && e.IsDir() && strings.HasPrefix(e.Name(), "supervisor-") && strings.Contains(e.Name(), name) {
				all = append(all, path)
			}
			return nil
		})
	}
	return all
}
