package adopt

import (
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// follower answers the calls of one process tree.
type follower struct {
	t    *Table
	tree Tree
	reports
	last *opened
}

// Follow answers the calls that a tree's processes wait in, until none is left or
// file is closed. The end of it is not that of their sockets: a process that ends lets go
// of its filter before it closes what it has, and as long as a socket is in its group
// the order there is not what it will be. That is for Gone.
func (t *Table) Follow(tree Tree, file *os.File) {
	t.mu.Lock()
	t.trees[tree.Owner] = tree.Contains
	if tree.Loose {
		t.loose[tree.Owner] = true
	}
	t.mu.Unlock()
	f := follower{t, tree, reports{file}, &opened{}}
	defer f.last.close()
	f.hurry()
	for {
		c, err := f.next()
		if err != nil {
			return
		}
		f.handle(c)
	}
}

func (f follower) handle(c call) {
	var err error
	who := caller{int(c.tid), f.last}
	switch c.number {
	case unix.SYS_BIND:
		err = f.bind(c, who)
	case unix.SYS_LISTEN:
		err = f.listen(c, who)
	default:
		err = f.callMore(c, who)
	}
	if err != nil && f.waits(c) {
		// What cannot be looked into must not be hindered.
		f.proceed(c)
		f.other(err.Error())
	}
}

// other notes what cannot be handed over.
func (f follower) other(why string) {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	n := f.tree.Generation
	if !slices.Contains(f.t.others[n], why) {
		f.t.others[n] = append(f.t.others[n], why)
	}
}
