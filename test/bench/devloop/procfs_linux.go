package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// settle waits until neither the tool nor anything that it started has used CPU time
// for half a second: what it prepares after a build is done then.
func (t *tool) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	last, since := -1, time.Now()
	for time.Since(since) < 500*time.Millisecond {
		if now := t.ticks(); now != last {
			last, since = now, time.Now()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("cannot wait until it is idle: %w", ctx.Err())
		case <-look.C:
		}
	}
	return nil
}

// ticks is the CPU time of the tool and its descendants, dead ones included, in clock
// ticks.
func (t *tool) ticks() (sum int) {
	for _, pid := range append(descendants(t.cmd.Process.Pid), t.cmd.Process.Pid) {
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		// The name, in parentheses, may hold anything.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		const utime, cstime = 11, 14
		if len(fields) <= cstime {
			continue
		}
		for _, field := range fields[utime : cstime+1] {
			n, _ := strconv.Atoi(field)
			sum += n
		}
	}
	return sum
}

// descendants are the processes below pid.
func descendants(pid int) (pids []int) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range files {
		list, _ := os.ReadFile(file)
		for _, field := range strings.Fields(string(list)) {
			if child, err := strconv.Atoi(field); err == nil {
				pids = append(append(pids, child), descendants(child)...)
			}
		}
	}
	return pids
}

// resident is VmRSS, in bytes.
func resident(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for text := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(text, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("cannot read /proc/%d/status: it has no VmRSS", pid)
}
