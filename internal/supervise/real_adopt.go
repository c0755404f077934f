package supervise

import (
	"os"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
)

// trap is where a process's calls of bind and listen wait for their answers.
type trap struct {
	file     *os.File
	followed chan struct{} // closed when nobody answers any more
}

// adopt has the calls answered, from now on: the process may wait in one already.
func (c *child) adopt(l Launch) {
	if l.Adopt == nil {
		return
	}
	file, err := c.Trap()
	if err != nil {
		l.Adopt.Refuse(err)
	}
	if file == nil {
		return
	}
	c.trap = trap{file, make(chan struct{})}
	tree := adopt.Tree{Owner: adopt.Owner{Generation: l.Generation, Proc: l.Proc}, Contains: c.Contains, Loose: !l.Unlinks}
	go func() {
		defer close(c.trap.followed)
		l.Adopt.Follow(tree, file)
	}()
}

// release is for when the tree is gone. What has left it cannot bind any more.
func (t trap) release() {
	if t.file != nil {
		t.file.Close()
		<-t.followed
	}
}
