package adopt

import (
	"errors"

	"golang.org/x/sys/unix"
)

// leastBacklog is what the queue of an adopted socket holds at least (the kernel
// has its own limit, net.core.somaxconn): while generations change, more than usual
// waits there, and what finds no room tries again only after a second.
const leastBacklog = 4096

// listen makes the call in place of the service, so that the order of the sockets
// in their group is the order in which they are known here.
func (f follower) listen(c call, who caller) error {
	fd, err := who.socket(int(int32(c.args[0])))
	if errors.Is(err, unix.EBADF) {
		f.proceed(c)
		return nil
	}
	if err != nil {
		return err
	}
	s, addr := shapeOf(fd), boundTo(fd)
	if s.path() {
		return f.listenPath(c, fd)
	}
	adoptable := s.stream() && f.t.here(fd) && s.protocol != protocolMPTCP && addr.Port() != 0 &&
		option(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT) != 0
	if !adoptable || !f.waits(c) {
		unix.Close(fd)
		f.proceed(c)
		f.t.began(f.tree.Owner)
		return nil
	}
	backlog := int(int32(c.args[1]))
	if backlog >= 0 { // a negative one is as much as there may be
		backlog = max(backlog, leastBacklog)
	}
	f.finish(c, who, f.join(fd, s.placed(fd, addr), func(fd int) error { return unix.Listen(fd, backlog) }))
	return nil
}

// finish answers a call that was made here.
func (f follower) finish(c call, who caller, outcome error) {
	f.reply(c, outcome)
	var foreign *ForeignError
	switch {
	case errors.As(outcome, &foreign):
		f.t.tell(Notice{Generation: f.tree.Generation, PID: who.pid(), Text: foreign.Error()})
	case outcome == nil:
		f.t.began(f.tree.Owner)
	}
}

// join makes the call that puts the socket in its group. It takes fd.
func (f follower) join(fd int, at place, enter func(fd int) error) error {
	var harmless *ForeignError
	defer func() {
		if harmless != nil { // told when the table is not locked any more
			f.t.tell(Notice{Generation: f.tree.Generation, Text: harmless.Notice()})
		}
	}()
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	inode := inodeOf(fd)
	if g, m := f.t.find(inode); m != nil {
		defer unix.Close(fd)
		m.Owner, m.dead = f.tree.Owner, false
		f.t.aim(g)
		return errors.Join(enter(m.fd), f.t.direct(g))
	}
	g := f.t.at(at)
	among, beside := f.t.foreign(at)
	switch {
	case beside != nil:
	case g == nil || g.ordered():
		beside = among // who was there first would get nothing any more
	case among != nil:
		harmless = foreignOf(among)
	}
	err := foreignError(beside)
	if err == nil {
		err = enter(fd)
	}
	if err != nil {
		unix.Close(fd)
		return err
	}
	if g == nil {
		g = f.t.add(at)
	}
	g.members = append(g.members, &member{Owner: f.tree.Owner, inode: inode, fd: fd})
	if among != nil {
		g.unsure = len(g.members)
	}
	f.t.aim(g)
	err = f.t.direct(g)
	// With one at the end that gets nothing yet, another can leave.
	f.t.sweep()
	return err
}
