//go:build !linux

package relay

import (
	"context"
	"net"
)

func dial(ctx context.Context, addr string) (net.Conn, error) {
	return patient.DialContext(ctx, "tcp", addr)
}
