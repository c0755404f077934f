package handoff

import (
	"errors"
	"fmt"
	"net"
)

func listenNotify(string) (*net.UnixConn, error) {
	return nil, fmt.Errorf("there are no unix datagram sockets on Windows: let ready.by be something else than notify: %w", errors.ErrUnsupported)
}

// No Receiver can be made, so nothing below is reached.
func controlSpace() int                    { return 0 }
func parseControl([]byte) (Message, error) { return Message{}, errors.ErrUnsupported }
func truncated(int, int) error             { return nil }
func closeAll([]int)                       {}

func receiveQueued(*net.UnixConn, []byte, []byte) (n, oobn, flags int, err error) {
	return 0, 0, 0, net.ErrClosed
}
