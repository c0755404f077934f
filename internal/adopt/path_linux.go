package adopt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// binding is a unix socket that has a name and does not listen yet.
type binding struct {
	Owner
	at     place
	spot   spot // not of an abstract one
	hidden string
	since  [2]int64 // the last change of the path's file when this one was hidden
}

// bindPath lets the kernel carry the call out, unless a socket of the service has the
// name. One whose process is gone is given to this one, with its queue. Beside one that
// serves, this one gets a name of its own, from which it is moved to the path when it
// is to serve. An abstract name cannot be moved.
func (f follower) bindPath(c call, who caller, fd int, sockaddr []byte) error {
	b := &binding{Owner: f.tree.Owner}
	name, abstract := unixPath(sockaddr)
	if abstract {
		b.at.path = "@" + name
		f.other(fmt.Sprintf("it has bound unix:@%s, and an abstract name can be moved to no other socket", name))
	} else {
		var err error
		var refused unix.Errno
		if b.spot, err = who.spot(name, unix.AT_FDCWD); errors.As(err, &refused) {
			f.proceed(c) // and the kernel says why
			return nil
		}
		if err != nil {
			return err
		}
		b.at.path = b.spot.path
	}
	inode := inodeOf(fd)
	f.t.mu.Lock()
	var orphan *member
	served, taken := false, f.t.bound(inode)
	if !taken {
		orphan, taken = f.t.orphan(b.at, f.tree)
		served = f.t.serves(b)
	}
	f.t.mu.Unlock()
	switch {
	case taken:
		b.close()
		f.proceed(c)
		return nil
	case orphan != nil:
		b.close()
		return f.inherit(c, who, fd, orphan)
	case served:
		return f.hide(c, who, fd, b, inode, name)
	}
	f.t.note(inode, b)
	f.proceed(c)
	return nil
}

// hide binds the socket beside the path, in place of the service.
func (f follower) hide(c call, who caller, fd int, b *binding, inode uint64, name string) error {
	b.hidden = "." + b.spot.base + "." + strconv.FormatUint(inode, 10)
	unix.Unlinkat(b.spot.dir, b.hidden, 0) // it is nobody's: the number is ours
	b.since = changed(b.spot.dir, b.spot.base)
	outcome := who.bindBeside(fd, b.spot, b.hidden, name)
	if outcome == nil {
		f.t.note(inode, b)
	} else {
		b.close()
	}
	f.reply(c, outcome)
	return nil
}

// bound reports whether the socket has a name already.
func (t *Table) bound(inode uint64) bool {
	b := t.named[inode]
	_, m := t.find(inode)
	return m != nil || b != nil && b.hidden != ""
}

// serves reports whether a socket of another process is at the path.
func (t *Table) serves(b *binding) bool {
	g := t.at(b.at)
	if g == nil || g.isAbstract() {
		return false
	}
	m := g.named(fileAt(g.dir, b.spot.base))
	return m != nil && !m.kept && m.Owner != b.Owner
}

func (g *group) named(f file) *member {
	for _, m := range g.members {
		if f != (file{}) && m.file == f {
			return m
		}
	}
	return nil
}

func (t *Table) note(inode uint64, b *binding) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if former := t.named[inode]; former != nil {
		t.drop(inode, former)
	}
	t.named[inode] = b
}

// drop forgets a socket that will not listen.
func (t *Table) drop(inode uint64, b *binding) {
	if b.hidden != "" {
		unix.Unlinkat(b.spot.dir, b.hidden, 0)
	}
	b.close()
	delete(t.named, inode)
}

func (b *binding) close() {
	if !b.at.isAbstract() {
		b.spot.close()
	}
}

// begin is how long the kernel may take to carry out a call of listen.
const begin = time.Second

// listenPath lets the kernel carry the call out, since it notes who made it for
// clients that ask (SO_PEERCRED), and waits until the socket listens. It takes fd.
func (f follower) listenPath(c call, fd int) error {
	f.proceed(c)
	inode := inodeOf(fd)
	f.t.mu.Lock()
	_, m := f.t.find(inode)
	b := f.t.named[inode]
	f.t.mu.Unlock()
	if m == nil && b == nil || !listensSoon(fd) {
		unix.Close(fd)
		if m == nil && b == nil {
			f.t.began(f.tree.Owner)
		}
		return nil
	}
	err := f.t.joinPath(f.tree.Owner, inode, fd)
	f.t.began(f.tree.Owner)
	return err
}

func listensSoon(fd int) bool {
	ctx, cancel := context.WithTimeout(context.Background(), begin)
	defer cancel()
	return every(ctx, time.Millisecond, func() bool { return option(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN) != 0 }) == nil
}

// joinPath puts a socket that listens among those of its name. It takes fd.
func (t *Table) joinPath(o Owner, inode uint64, fd int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g, m := t.find(inode); m != nil {
		unix.Close(fd)
		m.Owner, m.dead = o, false
		g.aim(t.serving)
		return t.direct(g)
	}
	b := t.named[inode]
	if b == nil {
		unix.Close(fd)
		return nil
	}
	delete(t.named, inode)
	m := &member{Owner: o, inode: inode, fd: fd, hidden: b.hidden, since: b.since}
	g := t.enterPath(b.at, b.spot, m)
	g.aim(t.serving)
	err := t.direct(g)
	t.sweep()
	return err
}

// enterPath puts a socket among those of its name. It takes the directory.
func (t *Table) enterPath(at place, s spot, m *member) *group {
	g := t.at(at)
	switch {
	case g == nil:
		g = &group{place: at, dir: s.dir}
		t.groups = append(t.groups, g)
	case !at.isAbstract():
		s.close()
	}
	if !at.isAbstract() {
		name := m.hidden
		if name == "" {
			name = g.base()
		}
		m.file = fileAt(g.dir, name)
	}
	g.members = append(g.members, m)
	return g
}

func (g *group) base() string { return filepath.Base(g.path) }

// close is for a group that has no sockets any more.
func (g *group) close() {
	g.mended()
	if g.by != nil {
		g.by.close()
	}
	if g.path != "" && !g.isAbstract() {
		unix.Close(g.dir)
	}
}

// let closes our end of a socket, and removes its file if nobody needs that: it is
// hidden, or its process has removed it, as it believes.
func (t *Table) let(g *group, m *member) {
	unix.Close(m.fd)
	if g.path == "" || g.isAbstract() || t.frozen || t.yielded {
		return
	}
	name := m.hidden
	if name == "" && m.unlinked {
		name = g.base()
	}
	if name != "" && m.file != (file{}) && fileAt(g.dir, name) == m.file {
		unix.Unlinkat(g.dir, name, 0)
	}
}

// whole reports whether an orphan can still be reached, and accepts connections.
func (g *group) whole(m *member) bool {
	poll := []unix.PollFd{{Fd: int32(m.fd), Events: unix.POLLRDHUP}}
	if _, err := unix.Poll(poll, 0); err != nil || poll[0].Revents&(unix.POLLHUP|unix.POLLRDHUP|unix.POLLERR) != 0 {
		return false // it was shut down
	}
	if g.isAbstract() {
		return true
	}
	name := m.hidden
	if name == "" {
		name = g.base()
	}
	return m.file != (file{}) && fileAt(g.dir, name) == m.file
}
