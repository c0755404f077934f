package adopt

import (
	"errors"
	"io"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// follower answers the calls of one process tree.
type follower struct {
	t    *Table
	tree Tree
	reports
}

// Follow answers the calls that a tree's processes wait in, until none is left or
// file is closed. What comes after their end goes to others at once, if there are any:
// how they ended may be known only later.
func (t *Table) Follow(tree Tree, file *os.File) {
	t.mu.Lock()
	t.trees[tree.Owner] = tree.Contains
	if tree.Loose {
		t.loose[tree.Owner] = true
	}
	t.mu.Unlock()
	f := follower{t, tree, reports{file}}
	for {
		c, err := f.next()
		if err != nil {
			if errors.Is(err, io.EOF) {
				t.Gone(tree.Owner)
			}
			return
		}
		f.handle(c)
	}
}

func (f follower) handle(c call) {
	var err error
	who := caller{int(c.tid)}
	switch c.number {
	case unix.SYS_BIND:
		err = f.bind(c, who)
	case unix.SYS_LISTEN:
		err = f.listen(c, who)
	default:
		err = f.callMore(c, who)
	}
	if err != nil {
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
