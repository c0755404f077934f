package adopt

import "time"

const (
	// The kernel's clock of what was sent and received last has steps of some
	// milliseconds; a server is known to be done with a connection only after this.
	quiet = 300 * time.Millisecond
	// speechless is how long a connection that has carried nothing may be one whose
	// first request is on its way.
	speechless = 2 * time.Second
)

// busy reports whether a request may be under way on a connection, as far as the
// kernel can tell from outside: something arrived that was not read, something is
// left to send, or the last to speak was the client. What was sent and not yet
// acknowledged is no sign: acknowledgements come late. A server that answers and
// then goes on by itself later (a paused stream) cannot be told from one that is
// done; a protocol with pings may look busy for ever.
func (s diagSocket) busy() bool {
	received, sent := millis(s.info.Last_data_recv), millis(s.info.Last_data_sent)
	switch {
	case s.unread > 0 || s.info.Notsent_bytes > 0 || !s.observed:
		return true
	case s.info.Bytes_sent == 0 && s.info.Bytes_received == 0:
		return received < speechless
	case s.info.Bytes_sent == 0 || received < sent:
		return true
	}
	return sent < quiet
}

func millis(n uint32) time.Duration { return time.Duration(n) * time.Millisecond }
