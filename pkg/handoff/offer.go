package handoff

import (
	"fmt"
	"strings"
	"syscall"
	"time"
)

// Named is a file descriptor under the name that the service knows it by.
type Named struct {
	Name string
	FD   int
	// Network and Addr are where a socket was asked to listen, as in the config; with
	// the port that the system chose for port 0. A stored descriptor has none.
	Network, Addr string
}

// Offer is what one process of a generation is given.
type Offer struct {
	Sockets      []Named       // listening sockets, in the order of the config
	Stored       []Named       // what an earlier generation left with FDSTORE=1
	StoreMax     int           // how many descriptors the process may leave in its turn; 0: none
	NotifySocket string        // path of the process's own Receiver; empty: none
	SocketServer string        // where services that use listenfd ask on Windows; empty: nowhere
	SocketSecret string        // what they have to say there
	Watchdog     time.Duration // how often it must send WATCHDOG=1; 0: never
	DrainTimeout time.Duration // how long it may drain; 0: not said
	Generation   int           // its number, from 1
	Index        int           // which of the generation's processes it is, from 0
}

// Grant is an offer in the terms of exec.
type Grant struct {
	FDs    []int    // to be placed from descriptor 3 up, in order; they stay the caller's
	Env    []string // KEY=value, to be added to an environment that StripEnv has cleaned
	PIDEnv []string // variables to be set to the process's own PID, which is known only after fork

	// Line is how the process speaks other than by its NOTIFY_SOCKET; nil: it does
	// not. It is the caller's to close.
	Line Line
	// Mute are signals that the process sends to its parent, and that must not arrive.
	Mute []syscall.Signal
}

// Number is where the process finds one of FDs, which is named as the caller knows
// it; 0 if it was not granted.
func (g Grant) Number(fd int) int {
	for i, granted := range g.FDs {
		if granted == fd {
			return firstFD + i
		}
	}
	return 0
}

// Close closes what only the process was to have, if it was not started.
func (g Grant) Close() {
	if g.Line != nil {
		g.Line.Started()
		g.Line.Close()
	}
}

// place adds the sockets of an offer, in their order.
func (g *Grant) place(o Offer) error {
	for _, n := range o.Sockets {
		if n.FD < 0 {
			return closedError(n)
		}
		g.FDs = append(g.FDs, n.FD)
	}
	return nil
}

func closedError(n Named) error {
	return fmt.Errorf("cannot offer %q: its descriptor is closed", n.Name)
}

// StripEnv returns environ without the variables by which a supervisor speaks
// to its child. The ones that this process was started with are addressed to
// it alone: a child that took them for its own would adopt the wrong
// descriptors or report to the wrong supervisor.
func StripEnv(environ []string) []string {
	kept := make([]string, 0, len(environ))
	for _, kv := range environ {
		if key, _, _ := strings.Cut(kv, "="); !ownedEnv(key) {
			kept = append(kept, kv)
		}
	}
	return kept
}

func ownedEnv(key string) bool {
	switch key {
	case "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID",
		"NOTIFY_SOCKET", "FDSTORE", "MAINPID", "WATCHDOG_PID", "WATCHDOG_USEC",
		"DRAIN_TIMEOUT_USEC", "TABLEFLIP_HAS_PARENT_7DIU3",
		"SUPERVISOR_PIPE", "SYSTEMFD_SOCKET_SERVER", "SYSTEMFD_SOCKET_SECRET",
		"SERVER_STARTER_PORT", "SERVER_STARTER_GENERATION",
		"EINHORN_MASTER_PID", "EINHORN_SOCK_PATH", "EINHORN_SOCK_FD", "EINHORN_FD_COUNT", "EINHORN_CHILD_INDEX",
		"NGINX", "UNICORN_FD", "FPM_SOCKETS", "NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE",
		"OVERSEER_IS_SLAVE", "OVERSEER_NUM_FDS", "OVERSEER_SLAVE_ID", "OVERSEER_BIN_ID", "OVERSEER_BIN_PATH":
		return true
	}
	return numbered(key, "EINHORN_FD_") || numbered(key, "PUMA_INHERIT_") || numbered(key, "FPM_SOCKETS_")
}

// numbered reports whether a key is a prefix and a number.
func numbered(key, prefix string) bool {
	digits, ok := strings.CutPrefix(key, prefix)
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}
