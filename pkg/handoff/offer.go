package handoff

import (
	"strings"
	"time"
)

// Named is a file descriptor under the name that the service knows it by.
type Named struct {
	Name string
	FD   int
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
}

// Grant is an offer in the terms of exec.
type Grant struct {
	FDs    []int    // to be placed from descriptor 3 up, in order; they stay the caller's
	Env    []string // KEY=value, to be added to an environment that StripEnv has cleaned
	PIDEnv []string // variables to be set to the process's own PID, which is known only after fork
}

// Protocol is the parent's side of one way of giving sockets away.
type Protocol interface {
	Name() string
	Grant(Offer) (Grant, error)
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
		"SUPERVISOR_PIPE", "SYSTEMFD_SOCKET_SERVER", "SYSTEMFD_SOCKET_SECRET":
		return true
	}
	return false
}
