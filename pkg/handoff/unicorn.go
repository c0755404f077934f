package handoff

import "strings"

// Unicorn has unicorn take its sockets from UNICORN_FD, as after its own USR2
// (http_server.rb, inherit_listeners!). Unlike LISTEN_FDS that also reaches one that
// a wrapper starts.
type Unicorn struct{}

// Name is the value of handoff.by.
func (Unicorn) Name() string { return "unicorn" }

// Facts are for its table.
func (Unicorn) Facts() Facts {
	return Facts{
		For:     "unicorn",
		Sockets: "`UNICORN_FD`; a `listen` with the same address finds its socket",
		Stop:    "QUIT",
	}
}

// Grant lists the descriptors.
func (Unicorn) Grant(o Offer) (g Grant, err error) {
	if err := g.place(o); err != nil {
		return Grant{}, err
	}
	if len(o.Sockets) > 0 {
		g.set("UNICORN_FD", strings.TrimPrefix(list(len(o.Sockets), func(number string, _ int) string { return "," + number }), ","))
	}
	g.addMessages(o)
	return g, nil
}
