package proc

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestTheRestOfTheTreeDrains: what a shell leaves that did not exec is asked to end,
// too, and has the time that a kill leaves it.
func TestTheRestOfTheTreeDrains(t *testing.T) {
	for _, tt := range []struct {
		name, service string
		kill          bool
		said          string
	}{
		{"it follows", `trap 'echo drained; exit' TERM; echo ready; while :; do sleep 0.01; done`, false, "drained"},
		{"it is deaf", `trap 'echo deaf' TERM; echo ready; while :; do sleep 0.01; done`, true, "deaf"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var l Launcher
			mark := "PROC_MARK=" + strconv.Itoa(os.Getpid()) + t.Name()
			p, out := start(t, &l, Spec{Env: []string{mark, "PATH=" + os.Getenv("PATH")}, Mark: mark},
				`setsid sh -c "`+strings.ReplaceAll(tt.service, `"`, `\"`)+`" & wait; wait`)
			line(t, out)
			p.Signal(unix.SIGTERM)
			exited := make(chan Exit, 1)
			go func() { exited <- p.Wait() }()
			if got := line(t, out); got != tt.said {
				t.Errorf("it said %q", got)
			}
			if tt.kill {
				select {
				case e := <-exited:
					t.Fatalf("over before the kill: %+v", e)
				default:
				}
				p.Kill()
			}
			select {
			case <-exited:
			case <-time.After(20 * time.Second):
				t.Fatal("Wait does not return")
			}
			if left, err := members(p.PID(), mark); err != nil || len(left) > 0 {
				t.Errorf("processes %v are left, %v", left, err)
			}
		})
	}
}

// A tree in the foreground has our process group, and ends all the same.
func TestForeground(t *testing.T) {
	var l Launcher
	mark := "PROC_MARK=" + strconv.Itoa(os.Getpid()) + t.Name()
	p, out := start(t, &l, Spec{Env: []string{mark, "PATH=" + os.Getenv("PATH")}, Mark: mark, Foreground: true},
		`sleep 1000 & echo $!; read x < /dev/zero`)
	child := line(t, out)
	if group, err := unix.Getpgid(p.PID()); err != nil || group != unix.Getpgrp() {
		t.Errorf("it is in group %d, %v, want ours: %d", group, err, unix.Getpgrp())
	}
	p.Kill()
	p.Wait()
	gone(t, child)
}
