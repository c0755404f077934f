package handoff

import (
	"net"
	"strconv"
	"strings"
)

// ServerStarter is the protocol of start_server (lib/Server/Starter.pm). A server
// says nothing when it is ready: it counts as ready once it has lived for a while.
type ServerStarter struct{}

// Name is the value of handoff.by.
func (ServerStarter) Name() string { return "server-starter" }

// Facts are for its table.
func (ServerStarter) Facts() Facts {
	return Facts{
		For:     "Server::Starter: Starlet, Starman, Gazelle",
		Sockets: "`SERVER_STARTER_PORT`",
	}
}

// Grant names each socket by its address. A port alone is one of any IPv4 address.
func (ServerStarter) Grant(o Offer) (g Grant, err error) {
	if err := g.place(o); err != nil {
		return Grant{}, err
	}
	g.setServerStarter(o)
	g.addMessages(o)
	return g, nil
}

func (g *Grant) setServerStarter(o Offer) {
	g.set("SERVER_STARTER_PORT", strings.TrimPrefix(list(len(o.Sockets), func(number string, i int) string {
		return ";" + starterAddress(o.Sockets[i].Addr) + "=" + number
	}), ";"))
	g.set("SERVER_STARTER_GENERATION", strconv.Itoa(o.Generation))
}

func starterAddress(addr string) string {
	if host, port, err := net.SplitHostPort(addr); err == nil && host == "" {
		return port
	}
	return addr
}
