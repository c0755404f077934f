package proc

import (
	"bytes"
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// drains reports whether the tree may take its time to end, and by which signal it
// was asked to.
func (e *ending) drains() (by unix.Signal, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.asked, e.asked != 0 && !e.killed
}

func (e *ending) wakeBy(wake func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wake = wake
}

// await asks what a leader left behind to end, as the leader was asked, and returns
// when all of it has, or when the tree is to be killed. The leader is a zombie, so
// that its number is still its own. It reports whether the leader left nothing.
func (e *ending) await(leader int, mark string) (alone bool) {
	if _, ok := e.drains(); !ok {
		return false
	}
	bell, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err == nil {
		defer unix.Close(bell)
		e.wakeBy(func() { unix.Write(bell, []byte{7: 1}) })
		defer e.wakeBy(nil)
	} else {
		bell = noBell
	}
	asked := map[int]int{} // a descriptor for each process that was asked, by its PID
	defer func() {
		for _, fd := range asked {
			unix.Close(fd)
		}
	}()
	alone = true
	for {
		by, ok := e.drains()
		if !ok {
			return false
		}
		all, err := members(leader, mark)
		for _, pid := range all {
			if _, known := asked[pid]; !known {
				err = errors.Join(err, askMember(asked, pid, leader, mark, by))
			}
		}
		if len(asked) == 0 && err == nil {
			return alone && len(all) == 0
		}
		alone = false
		wait := -1
		if bell == noBell || err != nil {
			wait = tick
		}
		forget(asked, bell, wait)
	}
}

// askMember fails if the process is there and cannot be asked yet.
func askMember(asked map[int]int, pid, leader int, mark string, by unix.Signal) error {
	fd, err := unix.PidfdOpen(pid, 0)
	switch err {
	case nil:
	case unix.EMFILE, unix.ENFILE, unix.ENOMEM:
		return err
	default:
		return nil
	}
	// The PID may have changed hands since it was read; the descriptor cannot.
	if !member(pid, leader, mark) {
		unix.Close(fd)
		return nil
	}
	if err := unix.PidfdSendSignal(fd, by, nil, 0); err != nil && err != unix.ESRCH {
		unix.Close(fd)
		return err
	}
	asked[pid] = fd
	return nil
}

// Where a descriptor is wanting for the bell, or to ask with, it is looked again and again:
// what drains must not be cut short for that.
const (
	noBell = -1  // poll(2) takes no notice of it
	tick   = 100 // milliseconds
)

// forget waits, for so many milliseconds or without end, until one of those who were
// asked is gone, or the bell rings, and drops those who are gone.
func forget(asked map[int]int, bell, wait int) {
	poll := []unix.PollFd{{Fd: int32(bell), Events: unix.POLLIN}}
	for _, fd := range asked {
		poll = append(poll, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	if _, err := unix.Poll(poll, wait); err != nil {
		return
	}
	gone := map[int]bool{}
	for _, p := range poll[1:] {
		gone[int(p.Fd)] = p.Revents != 0
	}
	for pid, fd := range asked {
		if gone[fd] {
			unix.Close(fd)
			delete(asked, pid)
		}
	}
}

// members lists the processes of a tree but for its leader. Zombies are none.
func members(leader int, mark string) (all []int, err error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && member(pid, leader, mark) {
			all = append(all, pid)
		}
	}
	return all, nil
}

func member(pid, leader int, mark string) bool {
	if pid == leader {
		return false
	}
	if group, err := unix.Getpgid(pid); err == nil && group == leader {
		return !zombie(pid)
	}
	return mark != "" && marked(pid, mark)
}

// zombie reads the state that follows the name, which may hold anything.
func zombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true
	}
	at := bytes.LastIndex(stat, []byte(") "))
	return at < 0 || len(stat) <= at+2 || stat[at+2] == 'Z' || stat[at+2] == 'X'
}
