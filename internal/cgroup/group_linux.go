package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Group is a directory in each hierarchy that it takes: one on systems of version 2, one
// for each controller on those of version 1.
type Group struct {
	dirs  []string
	procs []*os.File // cgroup.procs of each, for who is to join
}

// Make makes a group below our own, with limits, and with nobody in it. It is called
// prefix-PID-name by our PID; that must not come again before the group is removed.
func Make(prefix, name string, l Limits) (*Group, error) {
	own, err := find("/")
	if err != nil {
		return nil, &Error{err}
	}
	return own.make(fmt.Sprintf("%s-%d-%s", prefix, os.Getpid(), name), l)
}

func (o own) make(name string, l Limits) (*Group, error) {
	g := &Group{}
	for _, s := range settingsOf(l) {
		if err := g.set(o, name, s); err != nil {
			g.Joined()
			return nil, &Error{errors.Join(err, g.Remove())}
		}
	}
	for _, dir := range g.dirs {
		f, err := os.OpenFile(filepath.Join(dir, "cgroup.procs"), os.O_WRONLY, 0)
		if err != nil {
			g.Joined()
			return nil, &Error{errors.Join(err, g.Remove())}
		}
		g.procs = append(g.procs, f)
	}
	return g, nil
}

// setting is a limit in the files of both versions.
type setting struct {
	controller, key  string
	first, second    [2]string // file and text: version 1, version 2
	optional, before [2]string // what may be missing in version 1, and what comes first
}

func settingsOf(l Limits) (all []setting) {
	if l.Memory > 0 {
		bytes := strconv.FormatInt(l.Memory, 10)
		all = append(all, setting{
			controller: "memory", key: "limits.memory to " + bytes,
			first: [2]string{"memory.limit_in_bytes", bytes}, second: [2]string{"memory.max", bytes},
			optional: [2]string{"memory.memsw.limit_in_bytes", bytes},
		})
	}
	if l.CPU > 0 {
		quota := strconv.Itoa(l.CPU * period / 100)
		all = append(all, setting{
			controller: "cpu", key: "limits.cpu to " + strconv.Itoa(l.CPU) + "%",
			before: [2]string{"cpu.cfs_period_us", strconv.Itoa(period)},
			first:  [2]string{"cpu.cfs_quota_us", quota}, second: [2]string{"cpu.max", quota + " " + strconv.Itoa(period)},
		})
	}
	return all
}

func (g *Group) set(o own, name string, s setting) error {
	parent, version, err := o.parent(s.controller)
	if err != nil {
		return err
	}
	dir := filepath.Join(parent, name)
	switch err := o.mkdir(dir, 0o755); {
	case err == nil:
		g.dirs = append(g.dirs, dir)
	case !errors.Is(err, fs.ErrExist) || !g.has(dir):
		return err
	}
	files := [][2]string{s.second}
	if version == 1 {
		files = [][2]string{s.before, s.first}
	}
	for _, f := range files {
		if f[0] == "" {
			continue
		}
		if err := write(filepath.Join(dir, f[0]), f[1]); err != nil {
			return fmt.Errorf("cannot set %s: %w", s.key, err)
		}
	}
	if version == 1 && s.optional[0] != "" {
		// Where the kernel counts swap, it is no way around the limit.
		if err := write(filepath.Join(dir, s.optional[0]), s.optional[1]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cannot set %s: %w", s.key, err)
		}
	}
	return nil
}

func (g *Group) has(dir string) bool {
	for _, d := range g.dirs {
		if d == dir {
			return true
		}
	}
	return false
}

// write writes at once, to a file that is there.
func write(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// FDs are descriptors of the files cgroup.procs, until Joined is called.
func (g *Group) FDs() (all []int) {
	if g == nil {
		return nil
	}
	for _, f := range g.procs {
		all = append(all, int(f.Fd()))
	}
	return all
}

// Joined says that nobody else is to join.
func (g *Group) Joined() {
	if g == nil {
		return
	}
	for _, f := range g.procs {
		f.Close()
	}
	g.procs = nil
}

// removal bounds the wait until the kernel has noticed that a group is empty, in
// milliseconds.
const removal = 2000

// Remove is for when all processes of the group are gone.
func (g *Group) Remove() error {
	if g == nil {
		return nil
	}
	var errs []error
	for _, dir := range g.dirs {
		errs = append(errs, remove(dir))
	}
	return errors.Join(errs...)
}

// remove tries for a while: a zombie that was reaped a moment ago still counts, and the
// kernel tells nobody when it does not.
func remove(dir string) error {
	for began := time.Now(); ; {
		err := unix.Rmdir(dir)
		if err != unix.EBUSY || time.Since(began) > removal*time.Millisecond {
			if err == nil || err == unix.ENOENT {
				return nil
			}
			return fmt.Errorf("cannot remove control group %s: %w", dir, err)
		}
		unix.Poll(nil, 1)
	}
}

// Sweep removes groups of that prefix which nobody is in, and whose maker is gone, so
// that nobody is about to join.
func Sweep(prefix string) {
	own, err := find("/")
	if err != nil {
		return
	}
	for _, controller := range []string{"memory", "cpu"} {
		parent, _, err := own.place(controller)
		if err != nil {
			continue
		}
		entries, err := os.ReadDir(parent)
		if err != nil {
			continue
		}
		for _, e := range entries {
			rest, ours := strings.CutPrefix(e.Name(), prefix+"-")
			number, _, _ := strings.Cut(rest, "-")
			maker, err := strconv.Atoi(number)
			if e.IsDir() && ours && err == nil && unix.Kill(maker, 0) == unix.ESRCH {
				unix.Rmdir(filepath.Join(parent, e.Name())) // fails if somebody is in it
			}
		}
	}
}
