package adopt

import (
	"os"

	"golang.org/x/sys/unix"
)

// watchPaths begins to mend what has to be, and ends what need not any more.
func (t *Table) watchPaths() {
	for _, g := range t.groups {
		if g.path == "" || g.isAbstract() {
			continue
		}
		needed := t.endangered(g)
		if g.mend != nil && (!needed || g.mend.of != g.aimed[0].file) {
			g.mended()
		}
		if needed && g.mend == nil {
			t.mend(g)
		}
	}
}

// endangered: somebody other than the one that is at the path may remove it.
func (t *Table) endangered(g *group) bool {
	if t.frozen || len(g.aimed) == 0 || g.aimed[0].hidden != "" {
		return false
	}
	for _, m := range g.members {
		if m != g.aimed[0] && !m.dead && !m.kept && (m.former || t.loose[m.Owner]) {
			return true
		}
	}
	return false
}

func (t *Table) mend(g *group) {
	m := g.aimed[0]
	w := &mending{spare: spareName(g), of: m.file}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return
	}
	w.events = os.NewFile(uintptr(fd), "inotify")
	_, err = unix.InotifyAddWatch(fd, selfPath(g.dir), unix.IN_DELETE|unix.IN_MOVED_FROM)
	if err == nil {
		unix.Unlinkat(g.dir, w.spare, 0)
		err = unix.Linkat(g.dir, g.base(), g.dir, w.spare, 0)
	}
	if err != nil {
		w.events.Close()
		return
	}
	g.mend = w
	t.jobs.Go(func() {
		events := make([]byte, 64<<10)
		for {
			if _, err := w.events.Read(events); err != nil {
				return
			}
			t.putBack(g, w)
		}
	})
}

func (t *Table) putBack(g *group, w *mending) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g.mend == w {
		unix.Linkat(g.dir, w.spare, g.dir, g.base(), 0) // fails if the path is there
	}
}

// mended ends it.
func (g *group) mended() {
	if g.mend == nil {
		return
	}
	g.mend.events.Close()
	unix.Unlinkat(g.dir, g.mend.spare, 0)
	g.mend = nil
}

func spareName(g *group) string { return "." + g.base() + ".spare" }
