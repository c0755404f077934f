package handoff

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// firstFD is where systemd's protocol puts the first file descriptor, after stdin, stdout and stderr.
const firstFD = 3

// inherited is a file descriptor that the process was started with.
type inherited struct {
	fd      int
	name    string
	network string   // tcp, udp, unix, unixgram or unixpacket; empty for what cannot be listened on
	addr    net.Addr // where a socket is bound
	v6      bool
}

func (i inherited) String() string {
	if i.network == "" {
		return i.name
	}
	return i.name + "=" + i.network + "://" + i.addr.String()
}

// announced returns the name of each file descriptor from firstFD up that the environment says was
// passed to process pid. It is none if the variables are absent or for another process: without a
// matching LISTEN_PID they were inherited by accident (sd_listen_fds(3)).
func announced(pid int, getenv func(string) string) ([]string, error) {
	count := getenv("LISTEN_FDS")
	if count == "" || getenv("LISTEN_PID") != strconv.Itoa(pid) {
		return nil, nil
	}
	const most = 1 << 16
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > most {
		return nil, fmt.Errorf("cannot use LISTEN_FDS=%.40q: want a number from 0 to %d", count, most)
	}
	names := make([]string, n)
	if list := getenv("LISTEN_FDNAMES"); list != "" {
		given := strings.Split(list, ":")
		if len(given) != n {
			return nil, fmt.Errorf("cannot use LISTEN_FDNAMES: it has %d names and LISTEN_FDS says %d", len(given), n)
		}
		copy(names, given)
	}
	return names, nil
}

// ourPID is what LISTEN_PID has to be. A debugger that the supervisor started runs
// this program as its child, and the variable names the debugger.
func ourPID() int {
	if os.Getenv("SUPERVISOR_DEBUGGED") != "" {
		return os.Getppid()
	}
	return os.Getpid()
}

func takeInherited() ([]inherited, error) {
	names, err := announced(ourPID(), os.Getenv)
	// Also when they are for another process: a child of this one must not take them for its own.
	for _, key := range []string{"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID"} {
		os.Unsetenv(key)
	}
	if err != nil {
		return nil, err
	}
	found := make([]inherited, 0, len(names))
	for i, name := range names {
		one, err := examine(firstFD+i, name)
		if err != nil {
			return nil, fmt.Errorf("cannot use inherited file descriptor %d %q: %w", firstFD+i, name, err)
		}
		found = append(found, one)
	}
	return found, nil
}

// claim removes the inherited socket for network and addr from the list. A name goes before an address.
func (w *Worker) claim(network, addr string) (inherited, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, matches := range []func(inherited, string, string) bool{named, bound} {
		for i, have := range w.inherited {
			if have.suits(network) && matches(have, network, addr) {
				w.inherited = append(w.inherited[:i:i], w.inherited[i+1:]...)
				return have, true
			}
		}
	}
	return inherited{}, false
}

// Stored returns what an earlier generation left under name with [Worker.Store], or nil.
// The caller owns it; it is returned once.
func (w *Worker) Stored(name string) *os.File {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, have := range w.inherited {
		if have.name == name {
			w.inherited = append(w.inherited[:i:i], w.inherited[i+1:]...)
			return os.NewFile(uintptr(have.fd), name)
		}
	}
	return nil
}
