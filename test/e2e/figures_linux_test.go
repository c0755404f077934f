package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// figures are what a supervisor needs when it has nothing to do.
type figures struct {
	descriptors int // of the supervisor
	threads     int // of the supervisor
	processes   int // that have the supervisor's output as theirs: itself, and all that it started
	helpers     int // other children: the launcher that waits for the next start
	zombies     int // children of the supervisor
	belongings  string
}

func (f figures) String() string {
	return fmt.Sprintf("%d descriptors, %d threads, %d processes, %d helpers, %d zombies", f.descriptors, f.threads, f.processes, f.helpers, f.zombies)
}

// figures counts. Whose standard output or error is the supervisor's was started by it,
// whoever its parent is by now.
func (u *upgradable) figures() (f figures) {
	u.t.Helper()
	f.descriptors = u.descriptors()
	f.threads, _ = strconv.Atoi(statusField(u.pid, "Threads"))
	all, err := os.ReadDir("/proc")
	if err != nil {
		u.t.Fatal(err)
	}
	for _, p := range all {
		pid, err := strconv.Atoi(p.Name())
		if err != nil {
			continue
		}
		child := statusField(pid, "PPid") == strconv.Itoa(u.pid)
		switch {
		case child && strings.HasPrefix(statusField(pid, "State"), "Z"):
			f.zombies++
		case u.prints(pid):
			f.processes++
		case child:
			f.helpers++
		}
	}
	f.belongings = u.belongings()
	return f
}

// prints reports whether a process has the output of the supervisor, or of those before
// it, as its own.
func (u *upgradable) prints(pid int) bool {
	for _, fd := range []string{"1", "2"} {
		var st syscall.Stat_t
		if syscall.Stat(fmt.Sprintf("/proc/%d/fd/%s", pid, fd), &st) == nil && st.Ino == u.outputInode && st.Mode&syscall.S_IFMT == syscall.S_IFIFO {
			return true
		}
	}
	return false
}

// statusField is a field of /proc/PID/status; "" if the process is gone.
func statusField(pid int, name string) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		if key, value, _ := strings.Cut(line, ":"); key == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// awaitFigures waits until there are no more descriptors and processes than at rest, one
// helper, and no zombie. What is in use for a moment, such as the connection of a client, goes away.
func (u *upgradable) awaitFigures(rest figures) figures {
	u.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer again.Stop()
	for {
		f := u.figures()
		if f.descriptors <= rest.descriptors && f.processes <= rest.processes && f.helpers <= 1 && f.zombies == 0 {
			return f
		}
		select {
		case n := <-u.notices:
			u.note(n)
		case <-again.C:
		case <-deadline:
			u.t.Fatalf("left are %v, and at rest there were %v:\n%s\n\nat rest:\n%s", f, rest, u.belongings(), rest.belongings)
		}
	}
}

// belongings lists what the supervisor has open, and its children.
func (u *upgradable) belongings() string {
	var names []string
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", u.pid))
	for _, l := range links {
		name, _ := os.Readlink(l)
		if inode, ok := strings.CutPrefix(name, "socket:["); ok {
			name += bound(strings.TrimSuffix(inode, "]"))
		}
		names = append(names, "descriptor "+filepath.Base(l)+": "+name)
	}
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", u.pid))
	for _, l := range lists {
		text, _ := os.ReadFile(l)
		for _, child := range strings.Fields(string(text)) {
			pid, _ := strconv.Atoi(child)
			names = append(names, "child "+child+": "+statusField(pid, "Name")+", "+statusField(pid, "State"))
		}
	}
	slices.Sort(names)
	return strings.Join(names, "\n")
}

// bound is the path of a unix socket, if it has one.
func bound(inode string) string {
	text, _ := os.ReadFile("/proc/net/unix")
	for line := range strings.Lines(string(text)) {
		const number, path = 6, 7
		if fields := strings.Fields(line); len(fields) > path && fields[number] == inode {
			return " " + fields[path]
		}
	}
	return ""
}

// limitFiles leaves the supervisor so many descriptors that are free, and returns what
// gives it back the others. The kernel gives the lowest number that is free, and none
// from the limit up.
func (u *upgradable) limitFiles(free int) (restore func()) {
	u.t.Helper()
	var before unix.Rlimit
	if err := unix.Prlimit(u.pid, unix.RLIMIT_NOFILE, nil, &before); err != nil {
		u.t.Fatal(err)
	}
	limit := before
	for limit.Cur = 0; ; limit.Cur++ {
		if _, err := os.Lstat(fmt.Sprintf("/proc/%d/fd/%d", u.pid, limit.Cur)); err == nil {
			continue
		}
		if free == 0 {
			break
		}
		free--
	}
	set := func(l unix.Rlimit) {
		u.t.Helper()
		if err := unix.Prlimit(u.pid, unix.RLIMIT_NOFILE, &l, nil); err != nil {
			u.t.Fatal(err)
		}
	}
	set(limit)
	return func() { u.t.Helper(); set(before) }
}

// goroutines ends a supervisor in the way that makes Go print where all of them are, and
// counts those that are not the runtime's, which starts some of its own when it needs them.
// Its service ends with the test.
func (u *upgradable) goroutines(t *testing.T) int {
	t.Helper()
	mark := u.output.mark()
	exited := u.exited
	u.exited = nil
	if err := syscall.Kill(u.pid, syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(patience)
	for exited != nil {
		select {
		case n := <-u.notices:
			u.note(n)
		case <-exited:
			exited = nil
		case <-deadline:
			t.Fatal("the supervisor did not end by SIGABRT")
		}
	}
	u.awaitSaid(mark, `(?s)SIGABRT.*\nr15 |(?s)SIGABRT.*\nrip |(?s)SIGABRT.*\nlr `)
	dump := u.output.String()[mark:]
	// The thread that got the signal may have had nothing to do: that is told as goroutine 0.
	return strings.Count(dump, "\ngoroutine ") - strings.Count(dump, "\ngoroutine 0 ") - strings.Count(dump, "\ncreated by runtime.")
}
