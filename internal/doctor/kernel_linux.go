package doctor

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// lookAtKernel asks proc(5) what the processes of each generation do with the
// sockets that they were given.
func lookAtKernel(ctx context.Context, st control.Status, services []config.Service, between time.Duration) (all []Tree) {
	before := listening()
	select {
	case <-time.After(between):
	case <-ctx.Done():
		return nil
	}
	after := listening()
	for inode, l := range after {
		l.waiting = min(l.waiting, before[inode].waiting)
		after[inode] = l
	}
	for _, s := range st.Services {
		for _, g := range s.Generations {
			if t, ok := tree(s, g, drainSignal(s.Name, services), after); ok {
				all = append(all, t)
			}
		}
	}
	return all
}

func tree(s control.Service, g control.Generation, signal drain, all map[string]listens) (Tree, bool) {
	t := Tree{Service: s.Name, Generation: g.Number, Phase: g.Phase, Signal: signal.name}
	members := map[int]bool{}
	for _, p := range g.Processes {
		if p.PID == 0 {
			continue
		}
		if t.PID == 0 {
			t.PID = p.PID
			t.Ignores, t.Default = disposition(p.PID, signal.number)
		}
		members[p.PID] = true
		addMarked(members, assignment(p.PID, "SUPERVISOR_PROCESS"))
	}
	if t.PID == 0 {
		return t, false
	}
	open, polled := map[string]bool{}, map[string]bool{}
	for pid := range members {
		t.Hidden = !descriptors(pid, open, polled) || t.Hidden
	}
	given := map[string]bool{}
	for _, k := range s.Sockets {
		if inode, l := find(all, k); inode != "" {
			given[inode] = true
			t.Sockets = append(t.Sockets, Held{
				Name: k.Name, Address: k.Address, Open: open[inode], Polled: polled[inode], Waiting: l.waiting,
			})
		}
	}
	for inode := range open {
		if l, ok := all[inode]; ok && !given[inode] && l.network != "udp" { // a client's, there, as often as not
			t.Own = append(t.Own, l.String())
		}
	}
	slices.Sort(t.Own)
	return t, true
}

// addMarked adds the processes that inherited a mark.
func addMarked(members map[int]bool, mark string) {
	name, _, ok := strings.Cut(mark, "=")
	if !ok {
		return
	}
	for _, pid := range pids() {
		if !members[pid] && assignment(pid, name) == mark {
			members[pid] = true
		}
	}
}

// descriptors adds the inodes of the sockets that a process has open, and of those
// that it waits for by epoll. It is false if the process does not let us look.
func descriptors(pid int, open, polled map[string]bool) bool {
	dir := procDir(pid)
	fds, err := os.ReadDir(dir + "/fd")
	inodes := map[string]string{}
	var polls []string
	for _, fd := range fds {
		link, _ := os.Readlink(dir + "/fd/" + fd.Name())
		if inode, ok := strings.CutPrefix(link, "socket:["); ok {
			inode = strings.TrimSuffix(inode, "]")
			inodes[fd.Name()], open[inode] = inode, true
		}
		if link == "anon_inode:[eventpoll]" {
			polls = append(polls, fd.Name())
		}
	}
	for _, fd := range polls {
		info, _ := os.ReadFile(dir + "/fdinfo/" + fd)
		for _, target := range targets(string(info)) {
			if inode, ok := inodes[target]; ok {
				polled[inode] = true
			}
		}
	}
	return err == nil
}

// targets are the descriptors that an epoll instance waits for:
//
//	tfd:        5 events:       19 data: … pos:0 ino:61 sdev:5
func targets(info string) (fds []string) {
	for line := range strings.Lines(info) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "tfd:" {
			fds = append(fds, f[1])
		}
	}
	return fds
}
