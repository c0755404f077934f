package doctor

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// systemdTime is how long systemctl may take to tell its version.
const systemdTime = 2 * time.Second

// systemdVersion is 0 if systemd does not run this machine: see sd_booted(3).
func systemdVersion(ctx context.Context) int {
	if info, err := os.Lstat("/run/systemd/system"); err != nil || !info.IsDir() {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, systemdTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "systemctl", "--version")
	cmd.WaitDelay = waitDelay
	out, err := cmd.Output()
	if err != nil {
		return 0
	}
	return parseSystemd(string(out))
}

// parseSystemd reads "systemd 252 (252.38-1~deb12u1)".
func parseSystemd(text string) int {
	f := strings.Fields(text)
	if len(f) < 2 || f[0] != "systemd" {
		return 0
	}
	digits, _, _ := strings.Cut(f[1], ".")
	digits, _, _ = strings.Cut(digits, "~")
	n, _ := strconv.Atoi(digits)
	return n
}

func probeSystemd(version int) probed {
	if version == 0 {
		return result(errors.New("it does not run this machine"))
	}
	return probed{true, "version " + strconv.Itoa(version)}
}

// storeSince is the first version of systemd with FileDescriptorStoreMax=.
const storeSince = 219

func probeStore(version int) probed {
	if version < storeSince {
		return probed{false, "needs systemd " + strconv.Itoa(storeSince)}
	}
	if most := os.Getenv("FDSTORE"); most != "" {
		return probed{true, "this unit may store " + most}
	}
	return probed{true, "for a unit with FileDescriptorStoreMax="}
}
