package listener

import "net"

// Listener is not to be had where no Socket can be opened.
func (s *Socket) Listener() (net.Listener, error) {
	return nil, &UnsupportedError{s.address, "held sockets are not there yet on Windows"}
}
