//go:build unix

package supervise

import "github.com/seed-27ba25bb/supervisor/pkg/handoff"

// protocol is how a process gets what is offered to it.
func (s Service) protocol() handoff.Protocol {
	if s.Protocol == nil {
		return handoff.Systemd{}
	}
	return s.Protocol
}

// complete has nothing to add to an offer.
func (c *child) complete(*handoff.Offer) error { return nil }

// admit has nothing to do: what is offered went with the process.
func (c *child) admit(handoff.Offer) {}
