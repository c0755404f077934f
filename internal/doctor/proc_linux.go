package doctor

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

func procDir(pid int) string { return "/proc/" + strconv.Itoa(pid) }

func pids() (all []int) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			all = append(all, pid)
		}
	}
	slices.Sort(all)
	return all
}

func ownedByUs(pid int) bool {
	info, err := os.Stat(procDir(pid))
	if err != nil {
		return false
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(owner.Uid) == os.Geteuid()
}

// assignment is NAME=value as a process got it in its environment, "" if it did not.
func assignment(pid int, name string) string {
	env, _ := os.ReadFile(procDir(pid) + "/environ")
	for kv := range bytes.SplitSeq(env, []byte{0}) {
		if strings.HasPrefix(string(kv), name+"=") {
			return string(kv)
		}
	}
	return ""
}

// left reports whether a process was started by a supervisor that is gone. Its
// socket for messages tells where that supervisor answered: PATH.notify/NUMBER.
func left(ctx context.Context, pid int) bool {
	_, notify, ok := strings.Cut(assignment(pid, "NOTIFY_SOCKET"), "=")
	path, ours := strings.CutSuffix(filepath.Dir(notify), ".notify")
	if !ok || !ours || assignment(pid, "SUPERVISOR_SERVICE") == "" {
		return false
	}
	was, _ := standing(ctx, path)
	return was == absent || was == stale
}
