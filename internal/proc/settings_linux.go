//go:build linux && !startagain

package proc

import (
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/nofile"
)

// Supported returns a *SettingError if this system lacks one of the settings.
func (s Settings) Supported() error { return nil }

// join moves the process into its control groups, before it uses anything.
func (p *plan) join(groups []int) {
	self := []byte("0")
	for _, fd := range groups {
		p.add("cannot join a control group", unix.SYS_WRITE, uintptr(fd), at(p, &self[0]), uintptr(len(self)))
	}
}

// resources maps names to those of setrlimit(2).
var resources = map[string]uintptr{
	"nofile": unix.RLIMIT_NOFILE, "nproc": unix.RLIMIT_NPROC, "core": unix.RLIMIT_CORE,
	"memlock": unix.RLIMIT_MEMLOCK, "stack": unix.RLIMIT_STACK, "as": unix.RLIMIT_AS,
	"data": unix.RLIMIT_DATA, "fsize": unix.RLIMIT_FSIZE,
}

func (p *plan) limit(all []Resource) {
	restore := nofile.AtStart
	for _, r := range all {
		limit := unix.Rlimit{Cur: r.Soft, Max: r.Hard}
		// A number that there is not fails as one that the kernel does not know.
		number, known := resources[r.Name]
		if !known {
			number = ^uintptr(0)
		}
		p.add("cannot set limits."+r.Name+" to "+r.String(), unix.SYS_PRLIMIT64, 0, number, at(p, &limit), 0)
		if r.Name == "nofile" {
			restore = nil
		}
	}
	if restore != nil {
		limit := *restore
		p.add("cannot restore the limit of open files", unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, at(p, &limit), 0)
	}
}

// rank is how the process stands against others.
func (p *plan) rank(s Settings) {
	if s.Nice != nil {
		p.add("cannot set limits.nice to "+strconv.Itoa(*s.Nice), unix.SYS_SETPRIORITY, unix.PRIO_PROCESS, 0, uintptr(*s.Nice))
	}
	if s.IO != nil {
		const (
			whoProcess = 1 // IOPRIO_WHO_PROCESS
			classShift = 13
		)
		p.add("cannot set limits.io", unix.SYS_IOPRIO_SET, whoProcess, 0, uintptr(s.IO.Class<<classShift|s.IO.Level))
	}
	if s.OOM != nil {
		what := "cannot set limits.oom to " + strconv.Itoa(*s.OOM)
		path := []byte("/proc/self/oom_score_adj\x00")
		text := []byte(strconv.Itoa(*s.OOM))
		cwd := unix.AT_FDCWD
		// A process after vfork has a score of its own, though it shares our memory.
		open := p.add(what, unix.SYS_OPENAT, uintptr(cwd), at(p, &path[0]), unix.O_WRONLY|unix.O_CLOEXEC)
		write := p.add(what, unix.SYS_WRITE, 0, at(p, &text[0]), uintptr(len(text)))
		open.feeds = &write.args[0]
	}
	if s.Umask != nil {
		p.add("cannot set umask", unix.SYS_UMASK, uintptr(*s.Umask))
	}
}
