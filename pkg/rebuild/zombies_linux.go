package rebuild

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
)

// onlyZombies reports whether all that is left of a process group has ended.
// Signals go to zombies, too, and there are process 1s that reap late.
func onlyZombies(pgid int) bool {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return false
	}
	for _, name := range stats {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue // reaped meanwhile
		}
		if pgrp, dead := parseStat(stat); pgrp == pgid && !dead {
			return false
		}
	}
	return true
}

// parseStat finds the process group in /proc/PID/stat, and whether the process
// has ended, see proc_pid_stat(5). The name in parentheses may hold anything.
// A zombie with more than one thread has only lost its first one.
func parseStat(stat []byte) (pgid int, dead bool) {
	const state, pgrp, threads = 0, 2, 17 // counted from behind the name
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= threads {
		return 0, false
	}
	pgid, err := strconv.Atoi(string(fields[pgrp]))
	if err != nil {
		return 0, false
	}
	n, err := strconv.Atoi(string(fields[threads]))
	ended := string(fields[state]) == "Z" || string(fields[state]) == "X"
	return pgid, ended && err == nil && n <= 1
}
