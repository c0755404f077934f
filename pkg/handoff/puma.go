package handoff

import (
	"net"
	"strconv"
	"strings"
)

// Puma has puma take its sockets from PUMA_INHERIT_0 and so on, as after its own
// restart (binder.rb, create_inherited_fds). Unlike LISTEN_FDS that also reaches one
// that a wrapper such as "bundle exec" starts. The addresses must be those of its
// binds, letter by letter.
type Puma struct{}

// Name is the value of handoff.by.
func (Puma) Name() string { return "puma" }

// Facts are for its table.
func (Puma) Facts() Facts {
	return Facts{
		For:     "puma",
		Sockets: "`PUMA_INHERIT_0`, …; a `bind` with the same text finds its socket, `tcp://0.0.0.0:80` that of `:80`",
		Ready:   "`READY=1`, with its plugin",
	}
}

// Grant gives each socket a variable.
func (Puma) Grant(o Offer) (g Grant, err error) {
	if err := g.place(o); err != nil {
		return Grant{}, err
	}
	for i, n := range o.Sockets {
		g.set("PUMA_INHERIT_"+strconv.Itoa(i), strconv.Itoa(firstFD+i)+":"+pumaURL(n))
	}
	g.addMessages(o)
	return g, nil
}

func pumaURL(n Named) string {
	addr := n.Addr
	if host, port, err := net.SplitHostPort(addr); err == nil && host == "" {
		addr = "0.0.0.0:" + port
	}
	return strings.TrimRight(n.Network, "46") + "://" + addr
}
