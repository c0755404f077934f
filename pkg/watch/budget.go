package watch

import (
	"os"
	"syscall"
)

// budgeted leaves descriptors to the rest of the program: kqueue needs one for each directory and one for each file in it. It
// refuses what is beyond its share with the error of a system that has none left.
type budgeted struct {
	backend
	left  int
	taken map[string]int // by directory
}

func newBudgeted(b backend, share int) *budgeted { return &budgeted{b, share, map[string]int{}} }

func (b *budgeted) add(dir string) error {
	need := 0
	if _, has := b.taken[dir]; !has {
		need = 1 + entries(dir)
	}
	if need > b.left {
		return &os.PathError{Op: "watch", Path: dir, Err: syscall.EMFILE}
	}
	if err := b.backend.add(dir); err != nil {
		return err
	}
	b.left -= need
	b.taken[dir] += need
	return nil
}

func (b *budgeted) remove(dir string) {
	b.left += b.taken[dir]
	delete(b.taken, dir)
	b.backend.remove(dir)
}

// entries is how many a directory has, 0 if it cannot be read.
func entries(dir string) int {
	names, _ := readDir(dir)
	return len(names)
}
