package adopt

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// bindDatagram makes the call in place of the service: a UDP socket joins its group
// when it is bound, and takes what arrives from then on.
func (f follower) bindDatagram(c call, who caller, fd int, at place, sockaddr []byte) error {
	// Sockets that share by themselves (multicast, one a thread) have an order of
	// their own.
	shares := option(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT) != 0 || option(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR) != 0
	if shares || at.addr.Addr().IsMulticast() || at.addr.Port() < firstFreePort && !who.mayBindLow() {
		f.other("it has bound udp://" + at.addr.String() + ", which it shares by itself or may not bind")
		f.proceed(c)
		return nil
	}
	f.t.mu.Lock()
	orphan, taken := f.t.orphan(at, f.tree)
	f.t.mu.Unlock()
	switch {
	case taken:
		f.proceed(c)
		return nil
	case orphan != nil:
		return f.inherit(c, who, fd, orphan)
	}
	ours, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return err
	}
	f.finish(c, who, f.join(ours, at, func(fd int) error { return bindShared(fd, sockaddr) }))
	return nil
}

func bindShared(fd int, sockaddr []byte) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return err
	}
	_, _, e := unix.Syscall(unix.SYS_BIND, uintptr(fd), uintptr(unsafe.Pointer(&sockaddr[0])), uintptr(len(sockaddr)))
	if e != 0 {
		return errors.Join(e, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 0))
	}
	return nil
}

// waiting is the size of the datagram that the program has to read next.
func waiting(fd int) uint32 {
	n, err := unix.IoctlGetInt(fd, unix.SIOCINQ)
	if err != nil {
		return 0
	}
	return uint32(n)
}
