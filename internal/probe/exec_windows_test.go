package probe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// limit is how long any test waits for something that should happen at once.
const limit = 30 * time.Second

// role makes the test binary another program.
const role = "PROBE_TEST_ROLE"

func TestMain(m *testing.M) {
	if r := os.Getenv(role); r != "" {
		os.Exit(play(r))
	}
	os.Exit(m.Run())
}

func play(r string) int {
	switch r {
	case "child":
		time.Sleep(time.Hour)
	case "leaves", "hangs": // what it starts says its PID in the file
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), role+"=child")
		if err := cmd.Start(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		file := os.Getenv("PID_FILE")
		if err := os.WriteFile(file+".part", []byte(strconv.Itoa(cmd.Process.Pid)), 0o600); err != nil {
			return 1
		}
		if err := os.Rename(file+".part", file); err != nil {
			return 1
		}
		if r == "hangs" {
			time.Sleep(time.Hour)
		}
		fmt.Fprintln(os.Stderr, "not yet")
		return 3
	}
	return 0
}

// child waits for the PID in the file, and opens that process, to see its end.
func child(file string) (windows.Handle, error) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(limit); ; {
		if text, err := os.ReadFile(file); err == nil {
			pid, err := strconv.Atoi(string(text))
			if err != nil {
				return 0, err
			}
			return windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(pid))
		}
		select {
		case <-tick.C:
		case <-end:
			return 0, errors.New("no child was started")
		}
	}
}

func probing(r, file string) (args, env []string) {
	return os.Args[:1], append(os.Environ(), role+"="+r, "PID_FILE="+file)
}

// Nothing of a program that hangs outlives the call.
func TestExecOnWindows(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	file := filepath.Join(t.TempDir(), "pid")
	args, env := probing("hangs", file)
	ended := make(chan error, 1)
	go func() { ended <- Exec(ctx, args, "", env) }()
	left, err := child(file)
	cancel()
	if got := <-ended; !errors.Is(got, context.Canceled) {
		t.Errorf("got %v", got)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer windows.CloseHandle(left)
	if e, _ := windows.WaitForSingleObject(left, uint32(limit.Milliseconds())); e != windows.WAIT_OBJECT_0 {
		t.Error("what it started lives")
	}
}

// Nor does anything that a program leaves; its exit code and what it says are told.
func TestExecLeavesNothingOnWindows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	args, env := probing("leaves", file)
	err := Exec(t.Context(), args, "", env)
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 3 || !strings.HasSuffix(err.Error(), "not yet") {
		t.Errorf("got %v", err)
	}
	left, err := child(file)
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
		return // it is gone
	}
	if err != nil {
		t.Fatal(err)
	}
	defer windows.CloseHandle(left)
	if e, _ := windows.WaitForSingleObject(left, uint32(limit.Milliseconds())); e != windows.WAIT_OBJECT_0 {
		t.Error("what it left lives")
	}
}
