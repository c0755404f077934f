package doctor

import (
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/config"
)

// drain is the signal by which a service drains.
type drain struct {
	name   string
	number int
}

// drainSignal is that of the config, which may not be the one that is in force: if
// it does not have the service, TERM.
func drainSignal(service string, services []config.Service) drain {
	signal := syscall.SIGTERM
	for _, s := range services {
		if s.Name == service && s.Drain.Signal != 0 {
			signal = s.Drain.Signal
		}
	}
	return drain{strings.TrimPrefix(unix.SignalName(signal), "SIG"), int(signal)}
}

// disposition reads what a process does with a signal from proc(5)'s masks.
func disposition(pid, signal int) (ignores, isDefault bool) {
	data, err := os.ReadFile(procDir(pid) + "/status")
	if err != nil {
		return false, false
	}
	ignored, ok1 := mask(string(data), "SigIgn:")
	caught, ok2 := mask(string(data), "SigCgt:")
	blocked, ok3 := mask(string(data), "SigBlk:")
	if !ok1 || !ok2 || !ok3 {
		return false, false
	}
	bit := uint64(1) << (signal - 1)
	// One that is blocked may be read by sigwait(3) or signalfd(2).
	return ignored&bit != 0, (ignored|caught|blocked)&bit == 0
}

func mask(status, name string) (uint64, bool) {
	for line := range strings.Lines(status) {
		if hex, ok := strings.CutPrefix(line, name); ok {
			m, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
			return m, err == nil
		}
	}
	return 0, false
}
