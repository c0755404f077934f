package adopt

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// carried are the options that count when a socket is bound, and those that a
// service may have set before that.
var carried = []struct{ level, name int }{
	{unix.SOL_SOCKET, unix.SO_REUSEADDR}, {unix.SOL_SOCKET, unix.SO_KEEPALIVE}, {unix.SOL_SOCKET, unix.SO_PRIORITY},
	{unix.SOL_SOCKET, unix.SO_MARK}, {unix.SOL_SOCKET, unix.SO_BINDTOIFINDEX}, {unix.SOL_SOCKET, unix.SO_INCOMING_CPU},
	{unix.IPPROTO_IP, unix.IP_FREEBIND}, {unix.IPPROTO_IP, unix.IP_TRANSPARENT}, {unix.IPPROTO_IP, unix.IP_TOS},
	{unix.IPPROTO_IPV6, unix.IPV6_V6ONLY}, {unix.IPPROTO_IPV6, unix.IPV6_FREEBIND}, {unix.IPPROTO_IPV6, unix.IPV6_TCLASS},
	{unix.IPPROTO_TCP, unix.TCP_NODELAY}, {unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT}, {unix.IPPROTO_TCP, unix.TCP_FASTOPEN},
	{unix.IPPROTO_TCP, unix.TCP_KEEPIDLE}, {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL}, {unix.IPPROTO_TCP, unix.TCP_KEEPCNT},
	{unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT},
}

// plain makes a TCP socket that is like one of MPTCP in all that can be carried
// over. Clients of MPTCP fall back to TCP by themselves.
func plain(fd int) (int, error) {
	s := shapeOf(fd)
	copied, err := unix.Socket(s.domain, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	if err != nil {
		return -1, fmt.Errorf("cannot make a TCP socket in place of an MPTCP one: %w", err)
	}
	for _, o := range carried {
		want, err := unix.GetsockoptInt(fd, o.level, o.name)
		if err != nil || want == option(copied, o.level, o.name) {
			continue
		}
		if err := unix.SetsockoptInt(copied, o.level, o.name, want); err != nil {
			unix.Close(copied)
			return -1, fmt.Errorf("cannot carry option %d.%d of an MPTCP socket over to TCP: %w", o.level, o.name, err)
		}
	}
	for _, size := range []int{unix.SO_SNDBUF, unix.SO_RCVBUF} {
		if have := option(fd, unix.SOL_SOCKET, size); have != option(copied, unix.SOL_SOCKET, size) {
			unix.SetsockoptInt(copied, unix.SOL_SOCKET, size, have/2) // the kernel doubles what it is told
		}
	}
	// Sockets share an address only within one user.
	var owner unix.Stat_t
	if unix.Fstat(fd, &owner) == nil {
		unix.Fchown(copied, int(owner.Uid), int(owner.Gid))
	}
	return copied, nil
}
