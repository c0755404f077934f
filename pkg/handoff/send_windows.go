package handoff

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

func sendWithFile(*net.UnixConn, []byte, syscall.Conn) error {
	return fmt.Errorf("a unix socket carries no handles on Windows: %w", errors.ErrUnsupported)
}
