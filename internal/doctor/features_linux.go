package doctor

import (
	"context"
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
)

// Features tries what this machine can do. Nothing is left behind.
func Features(ctx context.Context) []Feature {
	version := systemdVersion(ctx)
	return features(map[string]probed{
		"pidfd":                     probePidfd(),
		"pidfd_getfd":               probeGetfd(),
		"seccomp user notification": probeSeccomp(),
		"reuseport BPF":             probeReuseport(),
		"reuseport eBPF":            result(adopt.SteeredByEBPF()),
		"cgroup v2, writable":       probeCgroup(),
		"inotify":                   probeInotify(),
		"systemd":                   probeSystemd(version),
		"systemd's fd store":        probeStore(version),
	})
}

func result(err error) probed {
	if err != nil {
		return probed{false, err.Error()}
	}
	return probed{available: true}
}

func probePidfd() probed {
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err == nil {
		unix.Close(fd)
	}
	return result(err)
}

// probeGetfd takes a descriptor from this very process, which shows that the kernel
// has the call; whether another process may be asked is up to ptrace(2)'s rules.
func probeGetfd() probed {
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return result(err)
	}
	defer unix.Close(fd)
	copied, err := unix.PidfdGetfd(fd, fd, 0)
	if err != nil {
		return result(err)
	}
	unix.Close(copied)
	scope, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	if err != nil {
		return probed{available: true}
	}
	return probed{true, "ptrace_scope " + strings.TrimSpace(string(scope))}
}

// probeSeccomp asks whether a filter may return SECCOMP_RET_USER_NOTIF, see
// seccomp(2). No filter is installed.
func probeSeccomp() probed {
	action := uint32(unix.SECCOMP_RET_USER_NOTIF)
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	if errno != 0 {
		return result(errno)
	}
	return probed{available: true}
}

// probeReuseport attaches a program of one instruction to a socket that is bound to
// nothing.
func probeReuseport() probed {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return result(err)
	}
	defer unix.Close(fd)
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return result(err)
	}
	first := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K}
	return result(unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_REUSEPORT_CBPF, &unix.SockFprog{Len: 1, Filter: &first}))
}

func probeInotify() probed {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return result(err)
	}
	unix.Close(fd)
	return probed{true, fmt.Sprintf("max_user_watches %d, max_user_instances %d",
		readNumber("/proc/sys/fs/inotify/max_user_watches"), readNumber("/proc/sys/fs/inotify/max_user_instances"))}
}
