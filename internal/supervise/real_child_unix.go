//go:build unix

package supervise

import "github.com/seed-27ba25bb/supervisor/pkg/handoff"

// protocol is how a process gets what is offered to it.
var protocol handoff.Protocol = handoff.Systemd{}

// complete has nothing to add to an offer.
func (c *child) complete(*handoff.Offer) error { return nil }

// admit has nothing to do: what is offered went with the process.
func (c *child) admit(handoff.Offer) {}
