package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// own is where this process is: its directory in each hierarchy that is mounted.
type own struct {
	first  map[string]string // version 1, by controller
	second string            // version 2; empty: there is none
	mkdir  func(string, os.FileMode) error
}

// find reads /proc/self/cgroup and /proc/self/mountinfo below root.
func find(root string) (own, error) {
	groups, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return own{}, err
	}
	mounts, err := os.ReadFile(filepath.Join(root, "proc/self/mountinfo"))
	if err != nil {
		return own{}, err
	}
	return locate(string(groups), string(mounts), root), nil
}

// locate brings both together: cgroups(7) says which group of a hierarchy we are in,
// proc_pid_mountinfo(5) which part of it is mounted where.
func locate(groups, mounts, root string) own {
	o := own{first: map[string]string{}, mkdir: os.Mkdir}
	for line := range strings.Lines(mounts) {
		m, ok := parseMount(strings.TrimSpace(line))
		if !ok {
			continue
		}
		for line := range strings.Lines(groups) {
			parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
			if len(parts) != 3 {
				continue
			}
			inside, ok := below(parts[2], m.root)
			if !ok || strings.Contains(inside, "..") { // outside of what we may see
				continue
			}
			dir := filepath.Join(root, filepath.Join("/", m.at), inside)
			if m.kind == "cgroup2" && parts[0] == "0" && parts[1] == "" {
				o.second = dir
			}
			for _, controller := range strings.Split(parts[1], ",") {
				if m.kind == "cgroup" && controller != "" && slices.Contains(m.options, controller) {
					o.first[controller] = dir
				}
			}
		}
	}
	return o
}

// below is a path as seen from a directory that it is in.
func below(path, dir string) (string, bool) {
	if dir == "/" {
		return path, true
	}
	rest, ok := strings.CutPrefix(path, dir)
	return rest, ok && (rest == "" || rest[0] == '/')
}

type mount struct {
	root, at, kind string
	options        []string
}

func parseMount(line string) (m mount, ok bool) {
	before, after, found := strings.Cut(line, " - ")
	fields, more := strings.Fields(before), strings.Fields(after)
	if !found || len(fields) < 5 || len(more) < 3 {
		return m, false
	}
	unescape := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
	return mount{
		root: unescape.Replace(fields[3]), at: unescape.Replace(fields[4]),
		kind: more[0], options: strings.Split(more[2], ","),
	}, true
}

// leaf is the group that this process moves to: on version 2 a group that has limits
// for those below it may hold no process itself.
const leaf = "supervisor"

// place is the group below which others with that controller are made.
func (o own) place(controller string) (dir string, version int, err error) {
	if dir, ok := o.first[controller]; ok {
		return dir, 1, nil
	}
	if o.second == "" {
		return "", 0, fmt.Errorf("there is no controller %q: no control groups are mounted that have it", controller)
	}
	dir = o.second
	if filepath.Base(dir) == leaf {
		dir = filepath.Dir(dir)
	}
	if !lists(filepath.Join(dir, "cgroup.controllers"), controller) {
		return "", 0, fmt.Errorf("there is no controller %q in %s", controller, dir)
	}
	return dir, 2, nil
}

// parent is that place once limits can be set below it.
func (o own) parent(controller string) (dir string, version int, err error) {
	dir, version, err = o.place(controller)
	if err != nil || version == 1 {
		return dir, version, err
	}
	control := filepath.Join(dir, "cgroup.subtree_control")
	if lists(control, controller) {
		return dir, version, nil
	}
	if err := o.vacate(dir); err != nil {
		return "", 0, err
	}
	return dir, version, write(control, "+"+controller)
}

func lists(file, word string) bool {
	text, err := os.ReadFile(file)
	return err == nil && slices.Contains(strings.Fields(string(text)), word)
}

// vacate moves all processes of a group to its leaf. Some may fork meanwhile, so it is
// done until nobody is left.
func (o own) vacate(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "cgroup.type")); err != nil {
		return nil // the root of all, which may hold both
	}
	to := filepath.Join(dir, leaf)
	if err := o.mkdir(to, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	for range 100 {
		text, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
		if err != nil {
			return err
		}
		pids := strings.Fields(string(text))
		if len(pids) == 0 {
			return nil
		}
		for _, pid := range pids {
			if err := write(filepath.Join(to, "cgroup.procs"), pid); err != nil && !gone(err) {
				return fmt.Errorf("cannot move process %s to %s: %w", pid, to, err)
			}
		}
	}
	return fmt.Errorf("cannot move all processes of %s to %s: there are ever more", dir, to)
}

// gone: the process has ended meanwhile.
func gone(err error) bool { return errors.Is(err, syscall.ESRCH) }
