package doctor

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

func tryAddresses(ctx context.Context, services []config.Service) (all []Address) {
	for _, s := range services {
		for _, at := range s.Listen {
			a := Address{Service: s.Name, Address: at, Err: try(ctx, at)}
			if inUse, ok := errors.AsType[*listener.InUseError](a.Err); ok && inUse.Holder != nil {
				a.Left = left(ctx, inUse.Holder.PID)
			}
			all = append(all, a)
		}
	}
	return all
}

// try opens the address as a supervisor would. A unix path is only opened if
// somebody listens on it, which fails and says who: opening a free one would make
// a file, and replace one that is stale.
func try(ctx context.Context, a listener.Address) error {
	if strings.HasPrefix(a.Network, "unix") && strings.HasPrefix(a.Addr, "/") && !answers(ctx, a.Network, a.Addr) {
		return tryDirectory(a)
	}
	s, err := listener.Open(ctx, a)
	if err != nil {
		return err
	}
	return s.Close()
}

// answers reports whether somebody listens on a path, or something that is no
// socket is in its place.
func answers(ctx context.Context, network, path string) bool {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, path)
	if err == nil {
		c.Close()
	}
	info, statErr := os.Lstat(path)
	return statErr == nil && (info.Mode().Type() != fs.ModeSocket || !errors.Is(err, syscall.ECONNREFUSED))
}
