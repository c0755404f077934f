package handoff

import (
	"golang.org/x/sys/windows"

	sockets "github.com/seed-27ba25bb/supervisor/pkg/listener"
)

func closeFD(handle int) { windows.Closesocket(windows.Handle(handle)) }

// sameFile reports whether two handles are of one socket. Two that are bound to one
// address are: the other could not have been bound.
func sameFile(a, b int) bool {
	one, err := sockets.Bound(a, true)
	if err != nil {
		return false
	}
	other, err := sockets.Bound(b, true)
	return err == nil && one.String() == other.String()
}

// hungUp: a socket that listens does not hang up.
func hungUp(int) bool { return false }
