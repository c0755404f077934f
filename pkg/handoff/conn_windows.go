package handoff

import "net"

// readQueued waits a moment for what has been received: an overlapped read has no way to look first.
// Nothing is [os.ErrDeadlineExceeded]. It changes the read deadline.
func readQueued(c net.Conn, p []byte) (int, error) { return readSoon(c, p) }
