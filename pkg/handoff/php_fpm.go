package handoff

import (
	"fmt"
	"net"
	"strings"
)

// PHPFPM has php-fpm take its sockets from FPM_SOCKETS, as after its own reload
// (fpm_sockets.c). It closes those that it does not use.
type PHPFPM struct{}

// Name is the value of handoff.by.
func (PHPFPM) Name() string { return "php-fpm" }

// Facts are for its table.
func (PHPFPM) Facts() Facts {
	return Facts{
		For:     "php-fpm",
		Sockets: "`FPM_SOCKETS`; a `listen` with the same address finds its socket",
		Notes:   "tcp alone; run it with `-F`",
		Stop:    "QUIT",
	}
}

// Grant takes no unix sockets: php-fpm unlinks their paths when it ends, and the next
// generation would be out of reach.
func (PHPFPM) Grant(o Offer) (g Grant, err error) {
	if err := g.place(o); err != nil {
		return Grant{}, err
	}
	for _, n := range o.Sockets {
		if !strings.HasPrefix(n.Network, "tcp") {
			return Grant{}, fmt.Errorf("cannot offer %q: php-fpm unlinks the path of a unix socket when it ends, and takes nothing else but tcp; hint: let it listen on a tcp address", n.Name)
		}
	}
	if len(o.Sockets) > 0 {
		g.set("FPM_SOCKETS", strings.TrimPrefix(list(len(o.Sockets), func(number string, i int) string {
			return "," + fpmAddress(o.Sockets[i]) + "=" + number
		}), ","))
	}
	g.addMessages(o)
	return g, nil
}

// fpmAddress is the key that php-fpm makes of an address: without brackets.
func fpmAddress(n Named) string {
	host, port, err := net.SplitHostPort(n.Addr)
	if err != nil {
		return n.Addr
	}
	switch {
	case host == "" && n.Network == "tcp4":
		host = "0.0.0.0"
	case host == "":
		host = "::"
	}
	return host + ":" + port
}
