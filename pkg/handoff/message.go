package handoff

const (
	maxNotice   = 4096 // bytes of a datagram, as systemd's NOTIFY_BUFFER_MAX
	maxNoticeFD = 253  // Linux's SCM_MAX_FD: nobody can send more at once
)

// Message is one datagram that a Receiver got.
type Message struct {
	PID int // of the sender as the kernel attests it; 0 where it does not (outside Linux, or a sender in a foreign PID namespace)
	UID int // likewise; -1 where it does not

	Notice Notice

	// FDs came with FDSTORE=1 or BARRIER=1 and are now the reader's to close.
	// The one of a barrier is to be closed when every message before it has
	// been dealt with.
	FDs []int

	// Err says why a datagram is of no use: malformed, too long, too many
	// descriptors or too few. Notice and FDs are then empty.
	Err error
}

// Close closes what came with the message.
func (m Message) Close() { closeAll(m.FDs) }
