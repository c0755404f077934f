package supervise

import (
	"net"
	"slices"
	"sync"

	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// filled has the numbers of sockets in the command line and the environment.
func (s Service) filled(g handoff.Grant, sockets []handoff.Named) Service {
	for _, words := range []*[]string{&s.Command, &s.Args, &s.Env} {
		*words = slices.Clone(*words)
		for i, w := range *words {
			(*words)[i] = g.Fill(w, sockets)
		}
	}
	return s
}

// hear begins to listen on the line that a process has beside its socket for
// messages, if any.
func (c *child) hear(line handoff.Line) {
	if line == nil {
		return
	}
	line.Started()
	c.line, c.heard = line, make(chan handoff.Message)
	var both sync.WaitGroup
	for _, next := range []func() (handoff.Message, error){c.message, line.Next} {
		both.Go(func() {
			for m, err := next(); err == nil; m, err = next() {
				c.heard <- m
			}
		})
	}
	go func() {
		both.Wait()
		close(c.heard)
	}()
}

// Next returns what comes first. Whoever calls it goes on until there is nothing more.
func (c *child) Next() (handoff.Message, error) {
	if c.heard == nil {
		return c.message()
	}
	m, ok := <-c.heard
	if !ok {
		return handoff.Message{}, net.ErrClosed
	}
	return m, nil
}

// message closes the socket after the last message.
func (c *child) message() (handoff.Message, error) {
	m, err := c.messages.Next()
	if err != nil {
		c.messages.Close()
	}
	return m, err
}

// finish is for when the process is gone. A line says only that it is ready, which is
// of no use any more.
func (c *child) finish() {
	c.messages.Finish()
	if c.line != nil {
		c.line.Close()
	}
}

// Alone says that no generation before this one is left.
func (c *child) Alone() {
	if c.line != nil {
		c.line.Alone()
	}
}
