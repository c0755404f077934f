package adopt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// caller is the thread that waits in a call.
type caller struct {
	tid  int
	last *opened
}

// opened is the thread that called last, as a descriptor, which spares opening it again:
// it often is the next one, too. It goes on meaning that thread, and nothing once that
// is gone, even if another one has its number.
type opened struct{ tid, pidfd int }

func (o *opened) close() {
	if o.tid != 0 {
		unix.Close(o.pidfd)
	}
	*o = opened{}
}

// pid is the number of its process; 0 if it is gone.
func (c caller) pid() int {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(c.tid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("\nTgid:\t"))
	number, _, _ := bytes.Cut(rest, []byte("\n"))
	pid, _ := strconv.Atoi(string(number))
	return pid
}

// memory reads what an argument points to.
func (c caller) memory(at uint64, n int) ([]byte, error) {
	b := make([]byte, n)
	local := []unix.Iovec{{Base: &b[0]}}
	local[0].SetLen(n)
	got, err := unix.ProcessVMReadv(c.tid, local, []unix.RemoteIovec{{Base: uintptr(at), Len: n}}, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot read the memory of process %d: %w", c.tid, err)
	}
	return b[:got], nil
}

// socket duplicates a descriptor of the process.
func (c caller) socket(number int) (int, error) {
	if c.last.tid == c.tid {
		if fd, err := duplicate(c.last.pidfd, c.tid, number); !errors.Is(err, unix.ESRCH) {
			return fd, err
		}
	}
	c.last.close()
	pidfd, err := unix.PidfdOpen(c.tid, unix.PIDFD_THREAD)
	if errors.Is(err, unix.EINVAL) { // Linux 6.9; before, only processes could be opened
		return socketOf(c.pid(), number)
	}
	if err != nil {
		return -1, fmt.Errorf("cannot open process %d: %w", c.tid, err)
	}
	*c.last = opened{c.tid, pidfd}
	return duplicate(pidfd, c.tid, number)
}

func socketOf(pid, number int) (int, error) {
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return -1, fmt.Errorf("cannot open process %d: %w", pid, err)
	}
	defer unix.Close(pidfd)
	return duplicate(pidfd, pid, number)
}

func duplicate(pidfd, id, number int) (int, error) {
	fd, err := unix.PidfdGetfd(pidfd, number, 0)
	if errors.Is(err, unix.EBADF) {
		return -1, err
	}
	if err != nil {
		return -1, fmt.Errorf("cannot duplicate a socket of process %d: %w", id, err)
	}
	return fd, nil
}

// closeOnExec reads the flag of a descriptor, which belongs to the number and not
// to the socket (proc(5), fdinfo).
func (c caller) closeOnExec(number int) bool {
	info, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", c.tid, number))
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(info), "flags:\t")
	text, _, _ := strings.Cut(rest, "\n")
	flags, err := strconv.ParseUint(strings.TrimSpace(text), 8, 32)
	return err != nil || flags&unix.O_CLOEXEC != 0
}

// firstFreePort is the first that needs no privilege, unless the system is set up
// in another way, when the kernel's answer to a service could differ from ours.
const firstFreePort = 1024

// mayBindLow reports whether the process has CAP_NET_BIND_SERVICE.
func (c caller) mayBindLow() bool {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(c.tid) + "/status")
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(status), "\nCapEff:\t")
	text, _, _ := strings.Cut(rest, "\n")
	set, err := strconv.ParseUint(text, 16, 64)
	return err == nil && set&(1<<unix.CAP_NET_BIND_SERVICE) != 0
}
