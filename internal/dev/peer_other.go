//go:build !linux

package dev

import "net"

// stranger cannot tell here whose a connection is: every user of this machine
// reaches the debugger.
func stranger(net.Conn) bool { return false }
