package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A new supervisor that is killed while its services start takes them with it: they
// share the sockets, and nobody would look after them.
func TestUpgradeKilled(t *testing.T) {
	t.Parallel()
	u := startUpgradable(t, config{socket: "http", address: freeAddress(t, "http")})
	good, err := os.ReadFile(u.config)
	if err != nil {
		t.Fatal(err)
	}
	u.configure(strings.Replace(string(good), "command = [", "command = [\"sh\", \"-c\", \"echo here >here; exec sleep 1000\", ", 1) +
		"dir = \".\"\n[services.web.ready]\nby = \"notify\"\n")
	if err := syscall.Mkfifo(u.fifo("here"), 0o600); err != nil {
		t.Fatal(err)
	}
	upgrade := u.begin("upgrade")
	u.awaitWord("here")
	if err := syscall.Kill(u.heir(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if out, code := u.answerOf(upgrade); code != 4 || !strings.Contains(out, "killed") {
		t.Errorf("upgrade: exit code %d: %s", code, out)
	}
	u.configure(string(good))
	u.upgrade()
	u.end()
}

// heir is the PID of the supervisor that is about to take over.
func (u *upgradable) heir() int {
	u.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for {
		lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", u.pid))
		for _, list := range lists {
			text, _ := os.ReadFile(list)
			for _, pid := range strings.Fields(string(text)) {
				command, _ := os.ReadFile("/proc/" + pid + "/cmdline")
				if strings.HasPrefix(string(command), u.bin+"\x00run\x00") {
					n, _ := strconv.Atoi(pid)
					return n
				}
			}
		}
		select {
		case <-again.C:
		case <-deadline:
			u.t.Fatal("there is no new supervisor")
		}
	}
}
