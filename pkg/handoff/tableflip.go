package handoff

import (
	"bufio"
	"encoding/gob"
	"fmt"
	"os"
	"strings"
	"time"
)

// Tableflip is for services that use github.com/cloudflare/tableflip (parent.go and
// child.go of v1.2.3): to them, the supervisor is the version before. A service finds
// a socket only by the arguments that it would make it with, letter by letter.
type Tableflip struct{}

// Name is the value of handoff.by.
func (Tableflip) Name() string { return "tableflip" }

// Facts are for its table.
func (Tableflip) Facts() Facts {
	return Facts{
		For:     "cloudflare/tableflip",
		Sockets: "descriptors 3 and 4; `Listen(\"tcp\", \":80\")` finds that of `tcp://:80`",
		Ready:   "`Ready()`",
		Notes:   "`WaitForParent` ends with the old generation; unix sockets that it does not ask for it unlinks",
		Speaks:  true,
	}
}

const (
	tableflipEnv   = "TABLEFLIP_HAS_PARENT_7DIU3"
	tableflipReady = 42
)

// Grant gives the write end of a pipe that readiness is said on, the read end of one
// with the names, which ends when the generations before are gone, and the sockets.
func (Tableflip) Grant(o Offer) (g Grant, err error) {
	ready, theirs, err := readyPipe(readTableflip)
	if err != nil {
		return Grant{}, fmt.Errorf("cannot make the pipes of tableflip: %w", err)
	}
	g.Line = ready
	defer func() {
		if err != nil {
			g.Close()
			g = Grant{}
		}
	}()
	names, held, err := os.Pipe()
	if err != nil {
		return g, fmt.Errorf("cannot make the pipes of tableflip: %w", err)
	}
	ready.theirs, ready.held = append(ready.theirs, names), held
	g.FDs = []int{theirs, int(names.Fd())}
	if err := g.place(o); err != nil {
		return g, err
	}
	all := make([][]string, 0, len(o.Sockets)+len(o.Stored)) // gob takes no nil
	for _, n := range o.Sockets {
		all = append(all, []string{tableflipKind(n.Network), n.Network, n.Addr})
	}
	for _, n := range o.Stored {
		g.FDs = append(g.FDs, n.FD)
		all = append(all, []string{"fd", n.Name, ""})
	}
	// Nobody reads yet: what does not fit would wait for ever.
	held.SetWriteDeadline(time.Now().Add(time.Second))
	if err := gob.NewEncoder(held).Encode(all); err != nil {
		return g, fmt.Errorf("cannot write the names of sockets for tableflip: %w", err)
	}
	g.set(tableflipEnv, "yes")
	g.addMessages(o)
	return g, nil
}

// tableflipKind is what the service asks with: Listen, or ListenPacket.
func tableflipKind(network string) string {
	if strings.HasPrefix(network, "udp") || network == "unixgram" {
		return "packet"
	}
	return "listener"
}

func readTableflip(r *bufio.Reader) (Message, error) {
	b, err := r.ReadByte()
	switch {
	case err != nil:
		return Message{}, err
	case b != tableflipReady:
		return heard(Notice{}, fmt.Errorf("cannot read the ready pipe of tableflip: byte %d is not %d", b, tableflipReady)), nil
	}
	return heard(Notice{Ready: true}, nil), nil
}
