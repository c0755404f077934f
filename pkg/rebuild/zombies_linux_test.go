package rebuild

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// zombie reports whether pid has ended, and waits to be reaped.
func zombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, dead := parseStat(stat)
	return err == nil && dead
}

func TestOnlyZombies(t *testing.T) {
	leader, other := exec.Command("cat"), exec.Command("cat")
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	leader.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := leader.Start(); err != nil {
		t.Fatal(err)
	}
	pgid := leader.Process.Pid
	if err := awaitExit(leader.Process); err != nil {
		t.Fatal(err)
	}
	if !onlyZombies(pgid) {
		t.Error("the leader is a zombie")
	}
	other.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: pgid}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if onlyZombies(pgid) {
		t.Error("the other one runs")
	}
	in.Close()
	if err := awaitExit(other.Process); err != nil {
		t.Fatal(err)
	}
	if !onlyZombies(pgid) {
		t.Error("both are zombies")
	}
	if err := other.Wait(); err != nil {
		t.Error(err)
	}
	if err := leader.Wait(); err != nil {
		t.Error(err)
	}
}

func TestParseStat(t *testing.T) {
	tests := []struct {
		stat string
		pgid int
		dead bool
	}{
		{"12 (a) b (c)) S 1 34 5 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 99\n", 34, false},
		{"12 (a Z) Z 1 34 5 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 99\n", 34, true},
		{"12 (threads) Z 1 34 5 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 2 0 99\n", 34, false},
		{"12 (short) Z 1 34 5", 0, false},
		{"", 0, false},
	}
	for _, test := range tests {
		if pgid, dead := parseStat([]byte(test.stat)); pgid != test.pgid || dead != test.dead {
			t.Errorf("%q gives %d, %v", test.stat, pgid, dead)
		}
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte("12 (a) b (c)) Z 1 34 5 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 99"))
	f.Add([]byte("12 (a"))
	f.Add([]byte(") \x00 1 1"))
	f.Fuzz(func(t *testing.T, stat []byte) {
		if pgid, dead := parseStat(stat); pgid == 0 && dead && !bytes.Contains(stat, []byte("0")) {
			t.Errorf("%q is dead in no group", stat)
		}
	})
}
