package handoff

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Systemd gives sockets away by the variables of sd_listen_fds(3), and asks
// for news by those of sd_notify(3) and sd_watchdog_enabled(3).
// DRAIN_TIMEOUT_USEC is our own: other services do not look at it.
type Systemd struct{}

// Name is the protocol's name in the config.
func (Systemd) Name() string { return "systemd" }

// Facts are for its table.
func (Systemd) Facts() Facts {
	return Facts{
		For:     "sd_listen_fds(3), pkg/handoff, uwsgi, Traefik, Kestrel, lighttpd",
		Sockets: "`LISTEN_FDS`, `LISTEN_PID`, `LISTEN_FDNAMES`",
		Ready:   "`READY=1`",
	}
}

// Grant puts the listening sockets first and the stored descriptors after
// them. Names are checked, for a ":" would shift all that follow. The empty
// name becomes "unknown" or "stored", as sd_listen_fds_with_names(3) has it.
func (Systemd) Grant(o Offer) (Grant, error) {
	var g Grant
	var names []string
	add := func(fds []Named, unnamed string) error {
		for _, n := range fds {
			if n.Name == "" {
				n.Name = unnamed
			}
			if err := checkFDName(n.Name); err != nil {
				return fmt.Errorf("cannot offer descriptor %d: %w", n.FD, err)
			}
			if n.FD < 0 {
				return closedError(n)
			}
			g.FDs = append(g.FDs, n.FD)
			names = append(names, n.Name)
		}
		return nil
	}
	if err := add(o.Sockets, "unknown"); err != nil {
		return Grant{}, err
	}
	if err := add(o.Stored, "stored"); err != nil {
		return Grant{}, err
	}
	if len(g.FDs) > 0 {
		g.set("LISTEN_FDS", strconv.Itoa(len(g.FDs)))
		g.set("LISTEN_FDNAMES", strings.Join(names, ":"))
		g.PIDEnv = append(g.PIDEnv, "LISTEN_PID")
	}
	if o.StoreMax > 0 {
		g.set("FDSTORE", strconv.Itoa(o.StoreMax))
	}
	g.addMessages(o)
	return g, nil
}

// addMessages says where messages go, and which ones are wanted.
func (g *Grant) addMessages(o Offer) {
	if o.NotifySocket != "" {
		g.set("NOTIFY_SOCKET", o.NotifySocket)
	}
	if o.Watchdog > 0 {
		g.set("WATCHDOG_USEC", microseconds(o.Watchdog))
		g.PIDEnv = append(g.PIDEnv, "WATCHDOG_PID")
	}
	if o.DrainTimeout > 0 {
		g.set("DRAIN_TIMEOUT_USEC", microseconds(o.DrainTimeout))
	}
}

func (g *Grant) set(key, value string) { g.Env = append(g.Env, key+"="+value) }

func microseconds(d time.Duration) string { return strconv.FormatInt(d.Microseconds(), 10) }
