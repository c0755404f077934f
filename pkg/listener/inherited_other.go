//go:build unix && !linux

package listener

// soleSocket: which sockets are bound to a path is known on Linux only.
func soleSocket(int, Address) bool { return true }
