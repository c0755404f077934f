package handoff

import "syscall"

// Grace is for services that use github.com/facebookgo/grace. They take LISTEN_FDS,
// whosever it is, and send SIGTERM to their parent once they listen, since it is to
// be the former version: here it would end the supervisor.
type Grace struct{}

// Name is the value of handoff.by.
func (Grace) Name() string { return "grace" }

// Facts are for its table.
func (Grace) Facts() Facts {
	return Facts{
		For:     "facebookgo/grace",
		Sockets: "`LISTEN_FDS`",
		Notes:   "its SIGTERM to the parent is kept from the supervisor (Linux)",
	}
}

// Grant is Systemd's, less what the service has no use for.
func (Grace) Grant(o Offer) (Grant, error) {
	o.Stored, o.StoreMax = nil, 0
	g, err := Systemd{}.Grant(o)
	g.Mute = []syscall.Signal{syscall.SIGTERM}
	return g, err
}
