package handoff

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
)

// Node is for services of node that say process.send('ready'), as under pm2 with
// wait_ready. They listen by server.listen({ fd }). The messages come as lines of
// JSON on a socket of which NODE_CHANNEL_FD is the number
// (lib/internal/child_process.js).
type Node struct{}

// Name is the value of handoff.by.
func (Node) Name() string { return "node" }

// Facts are for its table.
func (Node) Facts() Facts {
	return Facts{
		For:     "node",
		Sockets: "`server.listen({ fd })` with `{{fd \"http\"}}`",
		Ready:   "`process.send('ready')`",
		Speaks:  true,
	}
}

// Grant puts the channel after the sockets.
func (Node) Grant(o Offer) (g Grant, err error) {
	if err := g.place(o); err != nil {
		return Grant{}, err
	}
	line, theirs, err := channel(readNode)
	if err != nil {
		return Grant{}, fmt.Errorf("cannot make the channel of node: %w", err)
	}
	g.Line, g.FDs = line, append(g.FDs, theirs)
	g.set("NODE_CHANNEL_FD", fmt.Sprint(g.Number(theirs)))
	g.set("NODE_CHANNEL_SERIALIZATION_MODE", "json")
	g.addMessages(o)
	return g, nil
}

// readNode waits for "ready". Other messages are the service's own affair.
func readNode(r *bufio.Reader) (Message, error) {
	for {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			line, err = nil, skipLine(r)
		}
		if err != nil {
			return Message{}, err
		}
		if string(bytes.TrimSpace(line)) == `"ready"` {
			return heard(Notice{Ready: true}, nil), nil
		}
	}
}
