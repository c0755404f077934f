package systemd

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

const (
	firstFD = 3       // where sd_listen_fds(3) puts the first descriptor
	most    = 1 << 16 // more is a mistake
)

// ownPrefix tells what Store left from the sockets of a .socket unit: both arrive
// in the same list.
const ownPrefix = "supervisor."

// Inherited returns the descriptors that systemd started this process with: those
// of .socket units, and what Store left. It removes the variables that announce
// them, which are for this process alone. Call it once, before anything is started.
func Inherited() ([]listener.Inherited, error) {
	names, err := announced(os.Getpid(), os.Getenv)
	for _, key := range []string{"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID"} {
		os.Unsetenv(key)
	}
	if err != nil {
		return nil, err
	}
	var all []listener.Inherited
	for n, name := range names {
		own, ours := strings.CutPrefix(name, ownPrefix)
		i, err := listener.Examine(firstFD+n, own, ours)
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

// announced returns the name of each descriptor that is meant for process pid.
func announced(pid int, getenv func(string) string) ([]string, error) {
	count := getenv("LISTEN_FDS")
	if count == "" || getenv("LISTEN_PID") != strconv.Itoa(pid) {
		return nil, nil
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > most {
		return nil, fmt.Errorf("cannot take systemd's sockets: LISTEN_FDS=%.40q is no number from 0 to %d", count, most)
	}
	names := make([]string, n)
	if list := getenv("LISTEN_FDNAMES"); list != "" {
		given := strings.Split(list, ":")
		if len(given) != n {
			return nil, fmt.Errorf("cannot take systemd's sockets: LISTEN_FDNAMES has %d names, and LISTEN_FDS says %d", len(given), n)
		}
		copy(names, given)
	}
	return names, nil
}
