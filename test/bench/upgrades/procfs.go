//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// processes are all that a contestant has: by its mark, and below its first process.
func (c *contestant) processes() (pids []int) {
	entries, _ := os.ReadDir("/proc")
	parents := map[int]int{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || !lives(pid) {
			continue
		}
		parents[pid], _ = strconv.Atoi(field(fmt.Sprintf("/proc/%d/status", pid), "PPid"))
		environ, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if pid == c.cmd.Process.Pid || slices.Contains(strings.Split(string(environ), "\x00"), c.mark()) {
			pids = append(pids, pid)
		}
	}
	for pid := range parents {
		for p := pid; p != 0 && !slices.Contains(pids, pid); p = parents[p] {
			if p == c.cmd.Process.Pid {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// lives reports whether a process is there and no zombie.
func lives(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	// The name, in parentheses, may hold anything.
	end := bytes.LastIndexByte(stat, ')')
	return err == nil && end > 0 && len(stat) > end+2 && stat[end+2] != 'Z'
}

// pss is the memory of all its processes; of what several share each has its part.
func (c *contestant) pss() (bytes int64) {
	for _, pid := range c.processes() {
		bytes += kibibytes(fmt.Sprintf("/proc/%d/smaps_rollup", pid), "Pss")
	}
	return bytes
}

// resident is VmRSS, in bytes.
func resident(pid int) int64 { return kibibytes(fmt.Sprintf("/proc/%d/status", pid), "VmRSS") }

// anonymous is RssAnon, in bytes.
func anonymous(pid int) int64 { return kibibytes(fmt.Sprintf("/proc/%d/status", pid), "RssAnon") }

func descriptors(pid int) int {
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(files)
}

// kibibytes reads a field of so many kB, in bytes; 0 if the process is gone.
func kibibytes(path, name string) int64 {
	number, _, _ := strings.Cut(field(path, name), " ")
	n, _ := strconv.ParseInt(number, 10, 64)
	return n << 10
}

func field(path, name string) string {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func processor() string { return field("/proc/cpuinfo", "model name") }

// busyness is how many processes wanted to run lately.
func busyness() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
