package adopt

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// restless is how long a process may go on working by itself before it is not waited
// for any more.
const restless = 2 * time.Second

// rest waits until the processes have answered what they read last, which nothing tells:
// when all of their threads sleep, and have slept for a while. One that does not get to
// run does not sleep.
func (f former) rest(ctx context.Context) error {
	all := processes(f.contains)
	began, slept := time.Now(), time.Now()
	for time.Since(slept) < settle && time.Since(began) < restless {
		if err := pause(ctx, queueTick); err != nil {
			return err
		}
		for _, pid := range all {
			if works(pid) {
				slept = time.Now()
			}
		}
	}
	return nil
}

// works reports whether a thread of the process runs, would like to, or waits for a disk
// (proc_pid_stat(5)).
func works(pid int) bool {
	files, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/stat")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		// The name, in parentheses, may hold anything.
		_, rest, found := bytes.Cut(text[bytes.LastIndexByte(text, ')')+1:], []byte(" "))
		if found && len(rest) > 0 && (rest[0] == 'R' || rest[0] == 'D') {
			return true
		}
	}
	return false
}
