//go:build linux && !startagain

package proc

import (
	"encoding/binary"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// wire is the socket between a child, until it becomes the program, and its
// parent. Both ends close on exec: when the child's is closed, the program runs or
// the child is gone.
type wire struct {
	ours, theirs int
	placed       int // where the child finds theirs
}

func newWire() (*wire, error) {
	pair, err := socketpair()
	if err != nil {
		return nil, fmt.Errorf("cannot make a socket to a new process: %w", err)
	}
	return &wire{pair[0], pair[1], pair[1]}, nil
}

func (l *wire) close() {
	unix.Close(l.ours)
	l.hangUp()
}

func (l *wire) hangUp() {
	if l.theirs >= 0 {
		unix.Close(l.theirs)
		l.theirs = -1
	}
}

// failure is a step that failed, as the child tells of it.
type failure struct {
	step  uint32
	errno syscall.Errno
}

const failureSize = 8

// hear takes what a child says until it has become the program, or given up. One
// descriptor comes at most, -1 if none.
func (l *wire) hear() (all []failure, fd int, err error) {
	l.hangUp()
	var said []byte
	fd = -1
	b, oob := make([]byte, 256), make([]byte, unix.CmsgSpace(4))
	for {
		n, oobn, _, _, err := unix.Recvmsg(l.ours, b, oob, unix.MSG_CMSG_CLOEXEC)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return nil, fd, fmt.Errorf("cannot hear what a new process says: %w", err)
		}
		if got := rights(oob[:oobn]); len(got) > 0 {
			fd = got[0]
		}
		if n == 0 {
			return failures(said), fd, nil
		}
		said = append(said, b[:n]...)
	}
}

func rights(oob []byte) (fds []int) {
	messages, _ := unix.ParseSocketControlMessage(oob)
	for _, m := range messages {
		if got, err := unix.ParseUnixRights(&m); err == nil {
			fds = append(fds, got...)
		}
	}
	return fds
}

func failures(said []byte) (all []failure) {
	for ; len(said) >= failureSize; said = said[failureSize:] {
		all = append(all, failure{binary.NativeEndian.Uint32(said), syscall.Errno(binary.NativeEndian.Uint32(said[4:]))})
	}
	return all
}

// reported is the descriptor on which trapped calls are reported.
func reported(fd int) *os.File {
	unix.SetNonblock(fd, true) // for the runtime's poller
	return os.NewFile(uintptr(fd), "reports")
}
