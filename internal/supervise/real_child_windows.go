package supervise

import (
	"os"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// protocol is how a process gets what is offered to it: whatever the settings name, no
// descriptor can be inherited by its number here.
func (s Service) protocol() handoff.Protocol { return handoff.Pipe{} }

// complete adds that services which use listenfd get the sockets, too.
func (c *child) complete(o *handoff.Offer) error { return c.messages.Listenfd(o) }

// admit lets the processes of the tree, and no others, have what is offered.
func (c *child) admit(o handoff.Offer) { c.messages.Admit(o, c.Holds) }

// Signal asks on the pipe, where somebody listens there; else by CTRL_BREAK.
func (c *child) Signal(s os.Signal) error {
	if s != os.Kill && c.messages.Drain() {
		c.Expect()
		return nil
	}
	return c.Process.Signal(s)
}

var _ interface{ Usage() (proc.Usage, error) } = (*child)(nil)
