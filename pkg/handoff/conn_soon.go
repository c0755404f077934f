package handoff

import (
	"net"
	"time"
)

// soon is long enough for a read to be tried at all: one whose deadline has passed is not.
const soon = 10 * time.Millisecond

// readSoon is readQueued for a connection that has no file descriptor to read from.
func readSoon(c net.Conn, p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(soon)); err != nil {
		return 0, err
	}
	return c.Read(p)
}
