package proc

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// reap waits for the leader, ends what it left, and only then lets go of its PID:
// as long as the leader is a zombie, the PID and so the group's cannot be taken by
// another process. One look at all processes is enough where there is nothing: the
// next version answers on the same processors.
func (p *Process) reap() (*os.ProcessState, error) {
	for unix.Waitid(unix.P_PID, p.PID(), nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	if !p.ending.await(p.PID(), p.mark) {
		killTree(p.PID(), p.mark)
	}
	p.guard.remove(p.PID())
	return p.leader.Wait()
}

// killTree ends what a zombie leader left: its process group, and everything that
// carries its mark, wherever it has moved. A process may fork while it is looked
// for, so the search ends when it finds nothing; a kill cannot be outrun for long.
func killTree(leader int, mark string) {
	for range 100 {
		if !killMarked(leader, mark) {
			break
		}
	}
	unix.Kill(-leader, unix.SIGKILL)
}

// killWait bounds the wait for the end of a killed process, in milliseconds.
const killWait = 2000

func killMarked(leader int, mark string) (found bool) {
	entries, err := os.ReadDir("/proc")
	if err != nil || mark == "" {
		return false
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == leader || !marked(pid, mark) {
			continue
		}
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			continue
		}
		// The PID may have changed hands since it was read; the descriptor cannot.
		if marked(pid, mark) {
			found = true
			unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
			// A process that dies loses its environment before its sockets.
			unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, killWait)
		}
		unix.Close(fd)
	}
	return found
}

// marked reports whether a process was started with the assignment in its
// environment. A zombie has no environment any more.
func marked(pid int, mark string) bool {
	env, err := environ(pid)
	return err == nil && carries(env, mark)
}

// Contains reports whether pid belongs to the tree: the leader, its group, or a
// process that inherited its mark. A process that is gone is given the benefit of
// the doubt: a helper that only sent a message may have exited since.
func (p *Process) Contains(pid int) bool {
	if pid == p.PID() {
		return true
	}
	if group, err := unix.Getpgid(pid); err == nil && group == p.PID() {
		return true
	}
	return p.mark != "" && marked(pid, p.mark) || unix.Kill(pid, 0) == unix.ESRCH
}
