package probe

import (
	"context"
	"fmt"
	"net"
	"strings"
)

// TCP makes one attempt to connect to addr (host:port, an empty host means this
// one). It returns nil if a process of the generation accepted the connection,
// which is closed then; nothing is sent on it.
//
// A service that closes connections before it was sent anything may do so before
// it could be seen who accepted: ErrNotFound.
func TCP(ctx context.Context, addr string, mine Belongs) error {
	conn, err := dial(ctx, addr, mine)
	if err != nil {
		return fmt.Errorf("cannot probe %s: %w", addr, err)
	}
	conn.Close()
	return nil
}

func dial(ctx context.Context, addr string, mine Belongs) (net.Conn, error) {
	if _, port, err := net.SplitHostPort(addr); err != nil || port == "" || strings.Contains(addr, "/") {
		return nil, &UnsupportedError{"only TCP can be probed, at host:port"}
	}
	return connect(ctx, addr, mine)
}
