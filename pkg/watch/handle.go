package watch

import (
	"os"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// handle takes note of an event. Directories that are new are watched at once, files are compared when the batch closes.
func (k *keeper) handle(e event) {
	if e.lost {
		k.distrust()
		return
	}
	for _, d := range k.reals[e.path] {
		k.itself(d, e.op)
	}
	for _, d := range k.reals[filepath.Dir(e.path)] {
		k.touch(d, filepath.Join(d.path, filepath.Base(e.path)), e.op)
	}
	for _, link := range k.trail[e.path] {
		if d := k.dirs[filepath.Dir(link)]; d != nil {
			k.touch(d, link, e.op)
		}
	}
	k.followAll(k.glance)
	if k.short && e.op != fsnotify.Write && e.op != fsnotify.Chmod {
		k.anchor(k.glance)
	}
}

// itself takes note of what happened to a watched directory as such.
func (k *keeper) itself(d *dir, op fsnotify.Op) {
	if op.Has(fsnotify.Rename) || k.system.clings && op.Has(fsnotify.Remove) {
		// inotify watches inodes: the new place, if it was come upon already, has no watch of its own but shares
		// the old one, which goes away with the old place. Only a new backend is sure to have a watch for each. On Windows
		// a directory that is moved elsewhere is removed here and created there.
		k.distrust()
	}
	if op.Has(fsnotify.Rename) || op.Has(fsnotify.Remove) {
		k.detach(d.path)
	}
}

// touch takes note of what happened to an entry of a watched directory.
func (k *keeper) touch(d *dir, path string, op fsnotify.Op) {
	if op != fsnotify.Chmod && k.ignores(path) {
		k.distrust()
	}
	if old := k.dirs[path]; old != nil {
		k.itself(old, op)
	}
	if op.Has(fsnotify.Create) {
		k.enter(d, path)
	}
	if k.set.takes(path, d.interest) {
		k.mark(path, weight(op))
	}
}

// ignores reports whether a file says what to ignore.
func (k *keeper) ignores(path string) bool {
	return filepath.Base(path) == ignoreFile && k.set.ignore != nil && k.set.ignore.within(path)
}

func weight(op fsnotify.Op) level {
	switch {
	case op.Has(fsnotify.Write):
		return written
	case op == fsnotify.Chmod:
		return noticed // also a touch, which shows in the metadata
	}
	return touched
}

// enter looks at an entry that came, or came instead of another.
func (k *keeper) enter(d *dir, path string) {
	link, err := os.Lstat(path)
	if err != nil {
		return
	}
	fi := link
	if link.Mode()&os.ModeSymlink != 0 {
		k.links = append(k.links, path)
		if fi, err = os.Stat(path); err != nil {
			return
		}
	}
	if old := k.dirs[path]; old != nil {
		// An inode that was freed and used again has had its Remove event before this one: see rewatch.
		if fi.IsDir() && old.id != 0 && old.id == fileID(fi) {
			return
		}
		k.detach(path)
	}
	if in, ok := k.set.enters(path, d.interest); ok && link.IsDir() {
		k.note()
		k.attach(path, in, k.glance)
	}
}

// glance marks a file that was come upon without an event of its own.
func (k *keeper) glance(path string) { k.mark(path, noticed) }

// distrust has everything watched and read anew when the batch closes.
func (k *keeper) distrust() {
	k.stale = true
	k.note()
}
