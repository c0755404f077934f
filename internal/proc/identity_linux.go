package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Identity is how a later supervisor recognises the process. The kernel is asked once:
// while the process is not waited for, its PID is no one else's. The error wraps
// ErrGone if it has been by then.
func (p *Process) Identity() (Identity, error) {
	if start := p.start.Load(); start != 0 {
		return Identity{p.PID(), start, p.mark}, nil
	}
	st, err := statOf(p.PID())
	if err == nil {
		p.start.Store(st.start)
	}
	return Identity{p.PID(), st.start, p.mark}, err
}

// Self is the identity of this process, which has no mark.
func Self() (Identity, error) {
	st, err := statOf(os.Getpid())
	return Identity{PID: os.Getpid(), Start: st.start}, err
}

// Lives reports whether the very process is still there, and no zombie.
//
// Its environment has to carry the mark. A program may overwrite that with a title
// of its own; then the time of its start, which is exact to a clock tick, decides.
func (i Identity) Lives() bool {
	if i.PID <= 0 {
		return false
	}
	st, err := statOf(i.PID)
	if err != nil || st.start != i.Start || st.ended() {
		return false
	}
	if i.Mark == "" {
		return true
	}
	env, err := environ(i.PID)
	return err != nil || carries(env, i.Mark) || !bytes.ContainsRune(env, '=')
}

// Boot names the time since the machine was started. A start counts from there.
func Boot() (string, error) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", fmt.Errorf("cannot tell one boot from another: %w", err)
	}
	return strings.TrimSpace(string(id)), nil
}

// stat is some of /proc/PID/stat, see proc_pid_stat(5).
type stat struct {
	state byte
	group int
	start uint64
}

func (s stat) ended() bool { return s.state == 'Z' || s.state == 'X' }

func statOf(pid int) (stat, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return stat{}, ErrGone
	}
	return parseStat(text)
}

// parseStat counts the fields from behind the name, which may hold anything.
func parseStat(text []byte) (s stat, err error) {
	const state, group, start = 0, 2, 19 // fields 3, 5 and 22 of all
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) <= start || len(fields[state]) != 1 {
		return s, fmt.Errorf("cannot read /proc/PID/stat: %.200q", text)
	}
	s.state = fields[state][0]
	if s.group, err = strconv.Atoi(string(fields[group])); err != nil {
		return s, fmt.Errorf("cannot read the group in /proc/PID/stat: %w", err)
	}
	if s.start, err = strconv.ParseUint(string(fields[start]), 10, 64); err != nil {
		return s, fmt.Errorf("cannot read the time of the start in /proc/PID/stat: %w", err)
	}
	return s, nil
}
