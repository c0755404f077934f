//go:build !linux

package probe

import (
	"context"
	"net"
)

func connect(context.Context, string, Belongs) (net.Conn, error) {
	return nil, &UnsupportedError{"only Linux tells which process accepted a connection"}
}
