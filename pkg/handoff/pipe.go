package handoff

// Pipe is the protocol between this supervisor and services that use this package on
// Windows, where a process cannot be started with sockets. $SUPERVISOR_PIPE names a
// pipe, and on it go sockets, notices and the order to drain: see docs/windows.md.
// The variables of systemfd are set as well, for services that use listenfd.
type Pipe struct{}

// Name implements Protocol.
func (Pipe) Name() string { return "pipe" }

// Facts are empty: there is nothing to choose.
func (Pipe) Facts() Facts { return Facts{} }

// Grant implements Protocol. The sockets are given away on the pipe.
func (Pipe) Grant(o Offer) (Grant, error) {
	var g Grant
	if o.NotifySocket != "" {
		g.set("SUPERVISOR_PIPE", o.NotifySocket)
	}
	if o.SocketServer != "" {
		g.set("SYSTEMFD_SOCKET_SERVER", o.SocketServer)
		g.set("SYSTEMFD_SOCKET_SECRET", o.SocketSecret)
	}
	if o.Watchdog > 0 {
		g.set("WATCHDOG_USEC", microseconds(o.Watchdog))
	}
	if o.DrainTimeout > 0 {
		g.set("DRAIN_TIMEOUT_USEC", microseconds(o.DrainTimeout))
	}
	return g, nil
}
