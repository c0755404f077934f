package watch

import (
	"errors"
	"os"
	"strings"
	"syscall"
)

func openEvents() (backend, error) { return newNotifier() }

// shortage names what the system has run out of.
func shortage(err error) string {
	if errors.Is(err, syscall.ENOSPC) {
		return "no inotify watches are left (fs.inotify.max_user_watches=" + sysctl("max_user_watches") + ")"
	}
	return "no inotify instances or file descriptors are left (fs.inotify.max_user_instances=" + sysctl("max_user_instances") + ")"
}

func sysctl(name string) string {
	b, err := os.ReadFile("/proc/sys/fs/inotify/" + name)
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(b))
}
