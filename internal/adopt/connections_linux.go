package adopt

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// connections are those that a former process has, or may have: they were there
// when the last of its queue had been accepted, and are not known to be another's.
type connections struct {
	former
	begun   time.Time
	unknown map[uint64]bool      // by cookie
	retired map[uint64]time.Time // when it was half closed
	own     map[uint64]end       // by inode, as far as it was looked for
	others  map[uint64]bool
}

const (
	// homeless is how long a connection may belong to no process of the service: it
	// is being accepted, or waits in the queue of the successor.
	homeless = 2 * time.Second
	// stubborn is how long a server may take to close a connection that it was told
	// is closed: it answers first what came at the same time.
	stubborn = time.Second
)

func (f former) connections() (c connections, err error) {
	c = connections{f, time.Now(), map[uint64]bool{}, map[uint64]time.Time{}, map[uint64]end{}, map[uint64]bool{}}
	open, err := f.open()
	for cookie := range open {
		c.unknown[cookie] = true
	}
	return c, err
}

// open lists the connections of the ports by their cookies.
func (f former) open() (map[uint64]diagSocket, error) {
	all := map[uint64]diagSocket{}
	for _, port := range f.ports {
		found, err := sockets(port, established|closeWait)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			all[s.cookie] = s
		}
	}
	return all, nil
}

// idle retires connections that are idle, and reports whether none is left that a
// request may be under way on.
func (c connections) idle() bool {
	open, err := c.open()
	if err != nil {
		return false
	}
	if len(open) == 0 {
		return true
	}
	c.findHolders(open)
	busy := false
	for cookie, s := range open {
		at, has := c.own[s.inode]
		switch {
		case has:
			delete(c.unknown, cookie)
			busy = !c.done(at, s) || busy
		case c.others[s.inode]:
			delete(c.unknown, cookie)
		case c.unknown[cookie]:
			busy = busy || time.Since(c.begun) < homeless
		}
	}
	return !busy
}

// done reports whether the server is through with one of its connections.
func (c connections) done(at end, s diagSocket) bool {
	since, retired := c.retired[s.cookie]
	if retired {
		return time.Since(since) > stubborn
	}
	if !s.busy() && at.retire(s) {
		c.retired[s.cookie] = time.Now()
	}
	return false
}

// end is a process's number for a socket.
type end struct{ pid, number int }

// findHolders looks for the sockets that the former process tree has, and for those
// that other trees of the service have, if some are new: it is much to look through.
func (c connections) findHolders(open map[uint64]diagSocket) {
	found := true
	for _, s := range open {
		_, has := c.own[s.inode]
		found = found && (has || c.others[s.inode])
	}
	if found {
		return
	}
	c.t.mu.Lock()
	var rest []func(int) bool
	for o, contains := range c.t.trees {
		if o != c.owner {
			rest = append(rest, contains)
		}
	}
	c.t.mu.Unlock()
	for _, pid := range processes(c.contains) {
		for inode, number := range descriptors(pid) {
			c.own[inode] = end{pid, number}
		}
	}
	theirs := func(pid int) bool {
		return slices.ContainsFunc(rest, func(contains func(int) bool) bool { return contains(pid) })
	}
	for _, pid := range processes(theirs) {
		for inode := range descriptors(pid) {
			c.others[inode] = true
		}
	}
}

// retire half closes a connection that is still as idle as it looked, and is false for
// one that is not. The server reads that it has ended, as if the client had closed it.
func (e end) retire(s diagSocket) bool {
	fd, err := socketOf(e.pid, e.number)
	if err != nil {
		return true // it is closed, or nothing can be done about it
	}
	defer unix.Close(fd)
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err == nil && inodeOf(fd) == s.inode {
		if info.Bytes_received != s.info.Bytes_received {
			return false
		}
		unix.Shutdown(fd, unix.SHUT_RD)
	}
	return true
}
