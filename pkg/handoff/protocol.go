package handoff

import (
	"path/filepath"
	"strings"
)

// Protocol is the parent's side of one way of giving sockets away.
type Protocol interface {
	// Name is the value of handoff.by.
	Name() string
	// Facts are what one has to know to use it.
	Facts() Facts
	// Grant puts an offer into its terms. A protocol always passes on where to send
	// messages of sd_notify(3), which costs nothing; stored descriptors reach only
	// services that have a way to take them.
	Grant(Offer) (Grant, error)
}

// Facts say in Markdown what a protocol carries, for docs/protocols.md.
type Facts struct {
	For     string // who speaks it
	Sockets string // how the process learns of its sockets
	Ready   string // what it says when it is ready; empty: nothing
	Notes   string // what else to know
	// Stop is the signal that has it drain, without SIG; empty: TERM.
	Stop string
	// Speaks: it always says that it is ready, and must be waited for.
	Speaks bool
}

// Protocols are all that have a name, in the order of their table.
func Protocols() []Protocol {
	return []Protocol{
		Systemd{}, Nginx{}, gunicorn, Tableflip{}, ServerStarter{}, haproxy, uvicorn, hypercorn, Einhorn{},
		Puma{}, Unicorn{}, PHPFPM{}, S6{}, Node{}, caddy, Overseer{}, Grace{},
	}
}

// ProtocolNamed returns the one that handoff.by names, if it names one.
func ProtocolNamed(name string) (p Protocol, ok bool) {
	for _, p := range Protocols() {
		if p.Name() == name {
			return p, true
		}
	}
	return nil, false
}

// Recognize returns the protocol that a command is known to need, by the name of its
// program, and Auto for all others.
func Recognize(command []string) Protocol {
	if len(command) == 0 {
		return Auto{}
	}
	name := filepath.Base(command[0])
	switch {
	case name == "nginx":
		return Nginx{}
	case name == "haproxy":
		return haproxy
	case name == "unicorn" || name == "unicorn_rails":
		return Unicorn{}
	case strings.HasPrefix(name, "php-fpm"):
		return PHPFPM{}
	}
	return Auto{}
}
