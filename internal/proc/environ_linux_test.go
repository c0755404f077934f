package proc

import (
	"bufio"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A process that goes from exec to exec is known by its mark at any time.
func TestMarkedInExec(t *testing.T) {
	const mark = "PROC_MARK=again-and-again"
	cmd := exec.Command("/bin/sh", "-c", `echo up; n=0; exec /bin/sh -c "$SCRIPT" 60`)
	// Each shell becomes the next one, which counts down.
	cmd.Env = []string{mark, `SCRIPT=[ "$0" -gt 0 ] && exec /bin/sh -c "$SCRIPT" $(($0 - 1)); read line`}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	bufio.NewReader(out).ReadString('\n')
	for range 20_000 {
		if !marked(cmd.Process.Pid, mark) {
			t.Error("it is not known by its mark")
			break
		}
		line, _ := os.ReadFile("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/cmdline")
		if strings.HasSuffix(string(line), "\x000\x00") {
			break
		}
	}
	in.Close()
	cmd.Wait()
}

// Who has no environment is not waited for.
func TestWithoutEnvironment(t *testing.T) {
	cmd := exec.Command("/bin/cat")
	cmd.Env = []string{}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if env, err := environ(cmd.Process.Pid); err != nil || len(env) > 0 {
		t.Errorf("environment %q, %v", env, err)
	}
	if place, there := envEnd(cmd.Process.Pid); place == noPlace || !there {
		t.Errorf("the environment of a program without variables ends at %s, %v", place, there)
	}
	if _, there := envEnd(2); there {
		t.Error("a kernel thread has memory")
	}
	syscall.Kill(cmd.Process.Pid, syscall.SIGKILL)
	unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
	if _, there := envEnd(cmd.Process.Pid); there {
		t.Error("a zombie has memory")
	}
	in.Close()
	cmd.Wait()
}
