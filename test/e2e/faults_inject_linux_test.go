package e2e

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A fault makes one system call fail, or come late.
type fault struct {
	point string // what is called on what, see injector.point
	nth   int    // which use of it, from 1
	errno unix.Errno
	delay time.Duration // before the call is made, instead of the failure
}

func (f fault) String() string {
	if f.delay > 0 {
		return fmt.Sprintf("%s, use %d, late by %v", f.point, f.nth, f.delay)
	}
	return fmt.Sprintf("%s, use %d: %v", f.point, f.nth, f.errno)
}

// An injector answers the system calls of a supervisor and of all that it starts. Those
// of the supervisor, and of a child until it has become another program, count.
type injector struct {
	listener int
	pid      int           // of the supervisor
	command  []byte        // its command line, which such a child has, too
	done     chan struct{} // closed when nothing is left that could make a call

	mu      sync.Mutex
	armed   bool
	uses    map[string]int // of each point since it was armed
	order   []string       // of the points
	fault   fault
	struck  bool
	callers map[uint32]caller // by thread
	bells   map[uint64]bool   // by which the Go runtime wakes itself: it ends if that fails
}

// caller is what is known of a thread.
type caller struct {
	ours bool
	pid  int
}

func newInjector(listener int) *injector {
	j := &injector{listener: listener, callers: map[uint32]caller{}, done: make(chan struct{})}
	go func() {
		defer close(j.done)
		j.serve()
	}()
	return j
}

// arm begins to count the calls of a supervisor, and has the fault strike if it names a
// point.
func (j *injector) arm(pid int, f fault) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.pid = pid
	j.command, _ = os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", j.pid))
	j.bells = map[uint64]bool{}
	for fd := range uint64(1 << 8) {
		if name, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", j.pid, fd)); name == "anon_inode:[eventfd]" {
			j.bells[fd] = true
		}
	}
	j.armed, j.fault, j.struck = true, f, false
	j.uses, j.order, j.callers = map[string]int{}, nil, map[uint32]caller{}
}

// disarm reports whether the fault has struck.
func (j *injector) disarm() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.armed = false
	return j.struck
}

// notification is struct seccomp_notif, and answer struct seccomp_notif_resp.
type notification struct {
	id         uint64
	tid, flags uint32
	number     int32
	arch       uint32
	at         uint64
	args       [6]uint64
}

type answer struct {
	id    uint64
	value int64
	errno int32
	flags uint32
}

func (j *injector) serve() {
	defer unix.Close(j.listener)
	for {
		poll := []unix.PollFd{{Fd: int32(j.listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(poll, -1); err != nil && err != unix.EINTR {
			return
		}
		switch {
		case poll[0].Revents&unix.POLLIN != 0:
		case poll[0].Revents != 0:
			return
		default:
			continue
		}
		var n notification
		if j.ioctl(unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&n)) != 0 {
			continue // it was killed meanwhile
		}
		j.answer(n)
	}
}

func (j *injector) ioctl(request uint, arg unsafe.Pointer) unix.Errno {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(j.listener), uintptr(request), uintptr(arg))
	return errno
}

func (j *injector) answer(n notification) {
	a := answer{id: n.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
	strikes, f := j.strikes(n)
	if strikes && f.delay > 0 {
		time.AfterFunc(f.delay, func() { j.ioctl(unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&a)) })
		return
	}
	if strikes {
		a.flags, a.errno = 0, -int32(f.errno)
	}
	j.ioctl(unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&a))
}

// strikes counts a call, and reports whether the fault is in it.
func (j *injector) strikes(n notification) (bool, fault) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.armed {
		return false, fault{}
	}
	who := j.caller(n.tid)
	if n.number == unix.SYS_EXECVE {
		delete(j.callers, n.tid) // it is going to be another
	}
	if !who.ours {
		return false, fault{}
	}
	point := j.point(n, who)
	if point == "" {
		return false, fault{}
	}
	if j.uses[point]++; j.uses[point] == 1 {
		j.order = append(j.order, point)
	}
	if point != j.fault.point || j.uses[point] != j.fault.nth {
		return false, fault{}
	}
	j.struck = true
	return true, j.fault
}

func (j *injector) caller(tid uint32) caller {
	c, known := j.callers[tid]
	if !known {
		command, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", tid))
		c.ours = bytes.Equal(command, j.command)
		c.pid, _ = strconv.Atoi(statusField(int(tid), "Tgid"))
		j.callers[tid] = c
	}
	return c
}

var (
	numbers = regexp.MustCompile(`[0-9]+`)
	random  = regexp.MustCompile(`\b[A-Z2-7]{26}\b`)
)

// point names a call by who makes it and on what; "" if it is not to fail. Numbers and
// temporary names are left out, so that the same call has the same name in each handoff.
func (j *injector) point(n notification, who caller) string {
	for _, c := range failing {
		if c.number != uintptr(n.number) {
			continue
		}
		child := who.pid != j.pid
		switch c.number {
		case unix.SYS_CLONE:
			if n.args[0]&unix.CLONE_THREAD != 0 {
				return "" // by the Go runtime, which ends the program if it fails
			}
		case unix.SYS_FCNTL:
			if n.args[1] != unix.F_DUPFD_CLOEXEC && !child {
				return "" // of a descriptor that is there, which cannot fail
			}
		}
		words := []string{c.name}
		if child {
			words = []string{"child", c.name}
		}
		switch {
		case c.path > 0:
			words = append(words, numbers.ReplaceAllString(textAt(n.tid, n.args[c.path-1]), "N"))
		case c.fd > 0:
			name, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", n.tid, n.args[c.fd-1]))
			switch {
			case name == "anon_inode:[eventfd]" && (child || j.bells[n.args[c.fd-1]]):
				return ""
			case c.number == unix.SYS_EPOLL_CTL && strings.HasPrefix(name, "/"):
				return "" // Go asks for files, too, and is always refused
			}
			words = append(words, numbers.ReplaceAllString(name, "N"))
		}
		return random.ReplaceAllString(strings.Join(words, " "), "RANDOM")
	}
	return ""
}

// textAt reads a text of another process, which waits.
func textAt(tid uint32, at uint64) string {
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", tid))
	if err != nil {
		return "?"
	}
	defer memory.Close()
	text := make([]byte, 256)
	n, _ := memory.ReadAt(text, int64(at))
	text, _, _ = bytes.Cut(text[:n], []byte{0})
	return string(text)
}
