package proc

import (
	"bytes"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// execTries bounds the wait for the end of an exec, in milliseconds.
const execTries = 200

// environ is the environment that a process was started with. In the middle of exec a
// process has none: whoever looks for a mark then would take it for a stranger, so
// that it is looked at again. The kernel tells nobody when an exec is done.
func environ(pid int) (env []byte, err error) {
	if env, err = readEnviron(pid); err != nil || len(env) > 0 {
		return env, err
	}
	for range execTries {
		before, there := envEnd(pid)
		env, err = readEnviron(pid)
		if err != nil || len(env) > 0 || !there {
			break
		}
		// The place is another one after each exec: if it is the same, there was none
		// meanwhile, and the environment is empty.
		if after, _ := envEnd(pid); before != noPlace && before == after {
			break
		}
		unix.Poll(nil, 1)
	}
	return env, err
}

// readEnviron does without an os.File and its system calls: at the end of a tree of ours
// it is asked of every process of the machine.
func readEnviron(pid int) (env []byte, err error) {
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid)+"/environ", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var part [4096]byte
	for n := len(part); n == len(part); {
		if n, err = unix.Read(fd, part[:]); err != nil {
			return nil, err
		}
		env = append(env, part[:n]...)
	}
	return env, nil
}

const noPlace = "0"

// envEnd is the place in memory where the environment of a process ends: noPlace in the
// middle of exec. Kernel threads and zombies have no memory.
func envEnd(pid int) (place string, there bool) {
	const (
		state, flags, end = 0, 6, 48 // fields 3, 9 and 51 of proc_pid_stat(5)
		kernelThread      = 0x00200000
	)
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return noPlace, false
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) <= end {
		return noPlace, false
	}
	bits, err := strconv.ParseUint(string(fields[flags]), 10, 64)
	ended := stat{state: fields[state][0]}.ended()
	return string(fields[end]), err == nil && bits&kernelThread == 0 && !ended
}

// carries reports whether an environment holds an assignment.
func carries(env []byte, mark string) bool {
	return bytes.HasPrefix(env, []byte(mark+"\x00")) || bytes.Contains(env, []byte("\x00"+mark+"\x00"))
}
