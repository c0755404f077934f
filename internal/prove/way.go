package prove

import "github.com/seed-27ba25bb/supervisor/internal/load"

// Way is one way in which the service is asked.
type Way struct {
	Load    load.Load
	Network string
	Address string
	Path    string // for HTTP
}

func (w Way) config() load.Config {
	return load.Config{Load: w.Load, Network: w.Network, Address: w.Address, Path: w.Path, Bad: bad}
}

// bad is the status from which on an answer is a failure: what the service says about
// the request itself, such as that there is no such page, is an answer.
const bad = 500

// kept reports whether its clients keep their connections.
func (w Way) kept() bool { return w.Load == load.KeepaliveWatch || w.Load == load.LineHold }

func (w Way) String() string {
	switch w.Load {
	case load.HTTP:
		return w.place() + ", a new connection each"
	case load.KeepaliveWatch:
		return w.place() + ", connections kept alive"
	case load.Greeted:
		return w.place() + ", connect and be greeted"
	case load.Line:
		return w.place() + ", a line there and back, a new connection each"
	case load.LineHold:
		return w.place() + ", a line there and back, connections kept"
	}
	return w.place() + ", connect and close"
}

func (w Way) place() string {
	switch {
	case w.Path != "" && w.Network == "unix":
		return "http on unix:" + w.Address + " " + w.Path
	case w.Path != "":
		return "http://" + w.Address + w.Path
	}
	return w.Network + ":" + w.Address
}
