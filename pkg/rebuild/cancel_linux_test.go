package rebuild

import (
	"errors"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A daemon has left the group and holds the output: the build does not wait for
// its end.
func TestDaemonDoesNotHangTheBuild(t *testing.T) {
	r := startCommand(t, script("one")+"; setsid sh -c 'echo $$; exec sleep 1000' & wait $!; true")
	pid := r.nextPID(t)
	defer syscall.Kill(pid, syscall.SIGKILL)
	r.cancel(nil)
	r.wait(t)
	if err := syscall.Kill(pid, 0); err != nil {
		t.Errorf("the daemon: %v", err)
	}
}

// As process 1 of a container, the supervisor inherits what a build orphans.
func TestOrphansOfABuildAreReaped(t *testing.T) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	defer unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	r := startCommand(t, "sh -c 'sleep 1000 & echo $!; wait' & echo $!; wait")
	pids := []int{r.nextPID(t), r.nextPID(t)}
	r.cancel(nil)
	r.wait(t)
	for _, pid := range pids {
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d was not reaped (%v)", pid, err)
		}
	}
}
