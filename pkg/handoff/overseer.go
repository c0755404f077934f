package handoff

import "strconv"

// Overseer is for services that use github.com/jpillora/overseer (proc_slave.go): the
// supervisor takes the place of their master. When one has let go of its sockets it
// sends USR1 to its parent, which has log files opened again and does no harm.
type Overseer struct{}

// Name is the value of handoff.by.
func (Overseer) Name() string { return "overseer" }

// Facts are for its table.
func (Overseer) Facts() Facts {
	return Facts{
		For:     "jpillora/overseer",
		Sockets: "`OVERSEER_NUM_FDS`; its `Addresses` in the order of `listen`",
		Stop:    "USR2",
	}
}

// Grant makes a slave of the service, which is version 1 of one program to it.
func (Overseer) Grant(o Offer) (g Grant, err error) {
	if err := g.place(o); err != nil {
		return Grant{}, err
	}
	g.set("OVERSEER_IS_SLAVE", "1")
	g.set("OVERSEER_NUM_FDS", strconv.Itoa(len(o.Sockets)))
	g.set("OVERSEER_SLAVE_ID", strconv.Itoa(o.Generation))
	g.set("OVERSEER_BIN_ID", strconv.Itoa(o.Generation))
	g.set("OVERSEER_BIN_PATH", "")
	g.addMessages(o)
	return g, nil
}
