package proc

import "golang.org/x/sys/unix"

// rest is what a leader has left of its tree: descriptors by PID. As long as one of
// its group lives, nobody else can have the number of the group.
type rest struct {
	leader  int
	mark    string
	held    map[int]int
	told    map[int]unix.Signal // what each of them was sent
	grouped map[int]bool
}

// endRest returns when nothing of the tree is left but its leader, which is gone.
func (s *Survivor) endRest() {
	r := rest{s.id.PID, s.id.Mark, map[int]int{}, map[int]unix.Signal{}, map[int]bool{}}
	defer r.close()
	// Somebody else who has the PID by now may have made a group of that number.
	st, err := statOf(s.id.PID)
	r.find(err != nil || st.start == s.id.Start)
	for len(r.held) > 0 {
		by, kill := s.orders()
		if kill {
			by = unix.SIGKILL
		}
		wait := -1
		if !r.tell(by) {
			wait = tick
		}
		r.wait(s.bell, kill, wait)
		r.find(len(r.grouped) > 0)
	}
}

// find looks for members that are not known. Of the group they are members only as
// long as its number is the leader's.
func (r *rest) find(group bool) {
	for _, pid := range processes() {
		if _, known := r.held[pid]; known || !r.member(pid, group) {
			continue
		}
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			continue
		}
		// The PID may have changed hands since it was read; the descriptor cannot.
		if !r.member(pid, group) || zombie(pid) {
			unix.Close(fd)
			continue
		}
		r.held[pid] = fd
		if r.inGroup(pid) {
			r.grouped[pid] = true
		}
	}
}

func (r *rest) member(pid int, group bool) bool {
	return group && r.inGroup(pid) || r.mark != "" && marked(pid, r.mark)
}

func (r *rest) inGroup(pid int) bool {
	group, err := unix.Getpgid(pid)
	return err == nil && group == r.leader
}

// tell sends each of them a signal once, and reports whether all of them have got it.
func (r *rest) tell(by unix.Signal) (all bool) {
	all = true
	for pid, fd := range r.held {
		if r.told[pid] == by {
			continue
		}
		if err := unix.PidfdSendSignal(fd, by, nil, 0); err != nil && err != unix.ESRCH {
			all = false
			continue
		}
		r.told[pid] = by
	}
	return all
}

// wait returns when one of them is gone, or so many milliseconds are over, or the bell
// rings, unless it has done its work; and drops those who are gone.
func (r *rest) wait(bell int, killing bool, timeout int) {
	var poll []unix.PollFd
	for _, fd := range r.held {
		poll = append(poll, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	if !killing {
		poll = append(poll, unix.PollFd{Fd: int32(bell), Events: unix.POLLIN})
	}
	if _, err := unix.Poll(poll, timeout); err != nil {
		return
	}
	gone := map[int]bool{}
	for _, p := range poll {
		gone[int(p.Fd)] = p.Revents != 0
	}
	for pid, fd := range r.held {
		if gone[fd] {
			r.drop(pid)
		}
	}
}

func (r *rest) drop(pid int) {
	unix.Close(r.held[pid])
	delete(r.held, pid)
	delete(r.told, pid)
	delete(r.grouped, pid)
}

func (r *rest) close() {
	for pid := range r.held {
		r.drop(pid)
	}
}
