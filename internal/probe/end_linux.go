package probe

import "net/netip"

// States of a connection (include/net/tcp_states.h).
const (
	stateEstablished = 1
	stateSynRecv     = 3
	stateListen      = 10
)

// end is the server's end of a connection; its zero value is one that is not
// there. A connection gets an inode when it is accepted and loses it on close.
type end struct {
	state uint8
	inode uint32
}

// queued reports whether the connection waits to be accepted.
func (e end) queued() bool {
	return e.inode == 0 && (e.state == stateEstablished || e.state == stateSynRecv)
}

// serverEnd asks for one connection by sock_diag(7), at the cost of one lookup.
// Where there is none (it is a kernel module, seccomp filters may forbid it), and
// if it knows of no such connection, the tables in /proc are read instead.
func serverEnd(server, client netip.AddrPort) (end, error) {
	if e, err := diag(server, client); err == nil {
		return e, nil
	}
	return procNet(server, client)
}
