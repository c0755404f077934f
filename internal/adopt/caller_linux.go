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
type caller struct{ tid, pid int }

// callerOf finds the process of the thread: pidfd_open takes no other.
func callerOf(c call) (caller, error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(int(c.tid)) + "/status")
	if err != nil {
		return caller{}, err
	}
	_, rest, _ := bytes.Cut(status, []byte("\nTgid:\t"))
	number, _, _ := bytes.Cut(rest, []byte("\n"))
	pid, err := strconv.Atoi(string(number))
	if err != nil {
		return caller{}, fmt.Errorf("no process of thread %d: %w", c.tid, err)
	}
	return caller{int(c.tid), pid}, nil
}

// here reports whether the process has our network, and not one of its own.
func (c caller) here() bool {
	ours, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return true
	}
	theirs, err := os.Readlink("/proc/" + strconv.Itoa(c.tid) + "/ns/net")
	return err != nil || ours == theirs
}

// memory reads what an argument points to.
func (c caller) memory(at uint64, n int) ([]byte, error) {
	b := make([]byte, n)
	local := []unix.Iovec{{Base: &b[0]}}
	local[0].SetLen(n)
	got, err := unix.ProcessVMReadv(c.tid, local, []unix.RemoteIovec{{Base: uintptr(at), Len: n}}, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot read the memory of process %d: %w", c.pid, err)
	}
	return b[:got], nil
}

// socket duplicates a descriptor of the process.
func (c caller) socket(number int) (int, error) { return socketOf(c.pid, number) }

func socketOf(pid, number int) (int, error) {
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return -1, fmt.Errorf("cannot open process %d: %w", pid, err)
	}
	defer unix.Close(pidfd)
	fd, err := unix.PidfdGetfd(pidfd, number, 0)
	if errors.Is(err, unix.EBADF) {
		return -1, err
	}
	if err != nil {
		return -1, fmt.Errorf("cannot duplicate a socket of process %d: %w", pid, err)
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
