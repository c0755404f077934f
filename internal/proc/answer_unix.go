//go:build unix

package proc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// said is what a launcher says: that it has trapped what it was to trap, or why
// not; that it cannot become the program. Whatever it says last is followed by the
// end of the socket.
type said struct {
	Trap bool
	launchError
}

// launchError is an error as it crosses from a launcher.
type launchError struct {
	Step  string
	Errno syscall.Errno
}

func (e *launchError) Error() string {
	if e.Step == "" {
		return e.Errno.Error()
	}
	return e.Step + ": " + e.Errno.Error()
}
func (e *launchError) Unwrap() error { return e.Errno }

// reports is where the trapped calls of a process are reported.
type reports struct {
	file *os.File
	err  error // why nothing is trapped
}

func (r reports) close() {
	if r.file != nil {
		r.file.Close()
	}
}

// hear takes what a launcher says until it has become the program, or failed to.
func hear(conn *net.UnixConn) (r reports, err error) {
	text, fds, err := receiveAll(conn)
	if len(fds) > 0 {
		unix.SetNonblock(fds[0], true) // for the runtime's poller
		r.file = os.NewFile(uintptr(fds[0]), "reports")
	}
	if err != nil {
		r.close()
		return reports{}, err
	}
	for all := json.NewDecoder(bytes.NewReader(text)); ; {
		var s said
		switch err := all.Decode(&s); {
		case errors.Is(err, io.EOF):
			return r, nil
		case err != nil:
			r.close()
			return reports{}, fmt.Errorf("the launcher said %q", text)
		case !s.Trap:
			r.close()
			return reports{}, &s.launchError
		case s.Errno != 0:
			r.err = &TrapError{s.Errno}
		}
	}
}

// receiveAll reads to the end. One descriptor comes at most.
func receiveAll(conn *net.UnixConn) (text []byte, fds []int, err error) {
	b, oob := make([]byte, 4096), make([]byte, unix.CmsgSpace(4))
	for {
		n, oobn, _, _, err := conn.ReadMsgUnix(b, oob)
		messages, _ := unix.ParseSocketControlMessage(oob[:max(oobn, 0)])
		for _, m := range messages {
			if got, err := unix.ParseUnixRights(&m); err == nil {
				fds = append(fds, got...)
			}
		}
		text = append(text, b[:max(n, 0)]...) // -1 with an error
		switch {
		case errors.Is(err, io.EOF) || err == nil && n == 0:
			return text, fds, nil
		case err != nil:
			return text, fds, err
		}
	}
}
