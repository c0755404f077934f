package handoff

import (
	"bufio"
	"errors"
	"fmt"
)

// S6 is for services that tell s6 that they are ready: by a newline on descriptor 3,
// which is what most run scripts have as their notification-fd, and closing it. s6
// gives no sockets away; here they begin at 4.
type S6 struct{}

// Name is the value of handoff.by.
func (S6) Name() string { return "s6" }

// Facts are for its table.
func (S6) Facts() Facts {
	return Facts{
		For:     "services with an s6 notification-fd",
		Sockets: "`{{fd \"http\"}}`, from 4",
		Ready:   "a newline on descriptor 3",
		Speaks:  true,
	}
}

// Grant puts the notification descriptor first.
func (S6) Grant(o Offer) (g Grant, err error) {
	line, theirs, err := readyPipe(readS6)
	if err != nil {
		return Grant{}, fmt.Errorf("cannot make the notification descriptor of s6: %w", err)
	}
	g.Line, g.FDs = line, []int{theirs}
	if err := g.place(o); err != nil {
		g.Close()
		return Grant{}, err
	}
	g.addMessages(o)
	return g, nil
}

// readS6 takes the first newline. What stands before it s6 ignores, too.
func readS6(r *bufio.Reader) (Message, error) {
	_, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		err = skipLine(r)
	}
	if err != nil {
		return Message{}, err
	}
	return heard(Notice{Ready: true}, nil), nil
}
