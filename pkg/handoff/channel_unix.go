//go:build unix

package handoff

import (
	"os"

	"golang.org/x/sys/unix"
)

// channel is a pair of sockets of which the process gets one end.
func channel(s speech) (*pipeLine, int, error) {
	pair, err := socketpair()
	if err != nil {
		return nil, 0, err
	}
	unix.SetNonblock(pair[0], true) // for the runtime's poller
	return newPipeLine(os.NewFile(uintptr(pair[0]), "channel"), s, descriptor(pair[1])), pair[1], nil
}

// descriptor is one that Go's poller has nothing to do with.
type descriptor int

func (d descriptor) Close() error { return unix.Close(int(d)) }
