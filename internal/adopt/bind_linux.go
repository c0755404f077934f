package adopt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"
)

// maxSockaddr is the size of struct sockaddr_storage.
const maxSockaddr = 128

// bind makes the socket one that can share its address, and lets the kernel carry
// the call out: its outcome, and whatever the service has set, is the kernel's.
func (f follower) bind(c call, who caller) error {
	n := uint32(c.args[2])
	if n == 0 || n > maxSockaddr {
		f.proceed(c)
		return nil
	}
	sockaddr, err := who.memory(c.args[1], int(n))
	if err != nil {
		return err
	}
	addr := wanted(sockaddr)
	if addr.IsValid() && addr.Port() == 0 || !addr.IsValid() && !unixName(sockaddr) {
		f.proceed(c)
		return nil
	}
	number := int(int32(c.args[0]))
	fd, err := who.socket(number)
	if errors.Is(err, unix.EBADF) {
		f.proceed(c) // and the kernel says so
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if !f.waits(c) {
		return nil // both may be of another process, which has its number now
	}
	switch s := shapeOf(fd); {
	case s.internet() && !f.t.here(fd): // a network of its own
	case s.stream():
		return f.bindStream(c, who, fd, s, s.placed(fd, addr))
	case s.datagram():
		return f.bindDatagram(c, who, fd, s.placed(fd, addr), sockaddr)
	case s.path() && unixName(sockaddr) && f.t.here(fd):
		return f.bindPath(c, who, fd, sockaddr)
	case s.kind == unix.SOCK_STREAM || s.kind == unix.SOCK_SEQPACKET:
		f.other(fmt.Sprintf("it has bound %s, and only TCP and UDP can be adopted", nameOf(sockaddr, addr)))
	}
	f.proceed(c)
	return nil
}

func (f follower) bindStream(c call, who caller, fd int, s shape, at place) error {
	f.t.mu.Lock()
	orphan, taken := f.t.orphan(at, f.tree)
	f.t.mu.Unlock()
	switch {
	case taken:
		f.proceed(c) // a second socket of its own: the kernel says that the address is in use
		return nil
	case orphan != nil:
		return f.inherit(c, who, fd, orphan)
	case s.protocol == protocolMPTCP:
		return f.bindPlain(c, who, fd)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return err
	}
	f.proceed(c)
	return nil
}

// bindPlain puts a TCP socket in place of one of MPTCP, for the call to bind.
func (f follower) bindPlain(c call, who caller, fd int) error {
	copied, err := plain(fd)
	if err != nil {
		return err
	}
	defer unix.Close(copied)
	if err := unix.SetsockoptInt(copied, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return err
	}
	if err := f.replace(c, who, fd, copied); err != nil {
		return err
	}
	f.proceed(c)
	return nil
}

// inherit gives the process the socket of one that is gone, with all that waits in
// its queue. It is bound, and listens, already.
func (f follower) inherit(c call, who caller, fd int, orphan *member) error {
	if err := f.replace(c, who, fd, orphan.fd); err != nil {
		f.t.mu.Lock()
		orphan.dead = true
		f.t.mu.Unlock()
		return err
	}
	f.reply(c, nil)
	f.t.began(f.tree.Owner)
	return nil
}

// replace has the number of fd in the process mean ours, which takes over what
// belongs to the open file.
func (f follower) replace(c call, who caller, fd, ours int) error {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(ours, flags&unix.O_NONBLOCK != 0); err != nil {
		return err
	}
	number := int(int32(c.args[0]))
	return f.put(c, ours, number, who.closeOnExec(number))
}

// orphan finds a socket that waits at the place for a process to take it, and takes
// it. taken: the process tree has one there that it uses.
func (t *Table) orphan(at place, tree Tree) (orphan *member, taken bool) {
	g := t.at(at)
	if g == nil {
		return nil, false
	}
	for _, m := range g.members {
		if m.Owner == tree.Owner && !m.dead {
			if taken = held(tree.Contains, m.inode); taken {
				return nil, true
			}
			m.dead = true // closed by the process, and bound again now
		}
	}
	for _, m := range slices.Clone(g.members) {
		// Whoever binds an abstract name has waited for the end of the version before,
		// which a supervisor that takes over may not have heard of yet.
		left := m.dead || m.former && g.isAbstract() && m.Owner != tree.Owner
		if left && (m.Generation == t.serving || m.Owner == tree.Owner) {
			if g.path != "" && !g.whole(m) {
				t.let(g, m)
				g.remove([]*member{m})
				continue
			}
			m.dead, m.unlinked, m.Owner = false, false, tree.Owner
			t.aim(g)
			t.direct(g)
			return m, false
		}
	}
	return nil, false
}

// unixName reports whether it is an address of unix(7) with a name.
func unixName(sockaddr []byte) bool {
	return len(sockaddr) > 2 && binary.NativeEndian.Uint16(sockaddr) == unix.AF_UNIX
}

func nameOf(sockaddr []byte, addr netip.AddrPort) string {
	if !unixName(sockaddr) {
		return addr.String()
	}
	name, abstract := unixPath(sockaddr)
	if abstract {
		return "unix:@" + name
	}
	return "unix://" + name
}
