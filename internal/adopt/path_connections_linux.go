package adopt

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// pathConnections are those of unix sockets that get no new ones any more. The kernel
// tells of them what waits to be read, but not when what was sent or received last.
type pathConnections struct {
	former
	patience time.Duration
	touched  map[uint64]time.Time // by cookie, when something was seen to wait
	retired  map[uint64]bool      // half closed
	own      map[uint64]end       // by inode
}

// mostPatience is how long a connection of a unix socket must carry nothing until it
// counts as idle, or a third of the time that there is. The old version has it: the
// new one serves meanwhile.
const mostPatience = 10 * time.Second

func (f former) pathConnections(ctx context.Context) pathConnections {
	patience := mostPatience
	if end, has := ctx.Deadline(); has {
		patience = min(patience, time.Until(end)/3)
	}
	return pathConnections{f, patience, map[uint64]time.Time{}, map[uint64]bool{}, map[uint64]end{}}
}

// idle half closes what has carried nothing for a while: the server answers what it
// has read, and closes. It reports whether nothing is left.
func (c pathConnections) idle() bool {
	idle := true
	for _, m := range c.named {
		all, err := connectedTo(uint32(m.file.inode))
		if err != nil {
			return false
		}
		for _, s := range all {
			if s.inode != 0 && s.left {
				continue // nobody waits for an answer
			}
			idle = false
			c.look(s)
		}
	}
	return idle
}

func (c pathConnections) look(s unixSocket) {
	since, seen := c.touched[s.cookie]
	switch {
	case s.inode == 0 || s.unread > 0 || !seen:
		c.touched[s.cookie] = time.Now()
	case !c.retired[s.cookie] && time.Since(since) > c.patience:
		c.retired[s.cookie] = c.retire(s)
	}
}

func (c pathConnections) retire(s unixSocket) bool {
	at, has := c.own[s.inode]
	if !has {
		for _, pid := range processes(c.contains) {
			for inode, number := range descriptors(pid) {
				c.own[inode] = end{pid, number}
			}
		}
		if at, has = c.own[s.inode]; !has {
			return false
		}
	}
	fd, err := socketOf(at.pid, at.number)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return inodeOf(fd) == s.inode && unix.Shutdown(fd, unix.SHUT_RD) == nil
}

// arrives reports whether a connection waits to be accepted.
func arrives(fd int) bool {
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(poll, 0)
	return err == nil && n > 0 && poll[0].Revents&unix.POLLIN != 0
}
