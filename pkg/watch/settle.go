package watch

import (
	"fmt"
	"path/filepath"
	"time"
)

// expire closes the batch if its time has come.
func (k *keeper) expire(now time.Time) {
	if !k.quiet.open || now.Before(k.quiet.closes()) {
		return
	}
	first := k.quiet.first
	if k.stale {
		k.stale = false
		k.refresh()
	}
	ops := k.settle()
	k.quiet.open = false
	if len(ops) > 0 {
		k.pending = merge(k.pending, Batch{Changes: changes(ops), First: first})
	}
}

// refresh surveys the same options again; ignore files are read anew.
func (k *keeper) refresh() {
	next, err := compile(k.set.opts)
	if err == nil {
		err = k.renew(next)
	}
	if err != nil {
		k.notice(fmt.Errorf("cannot look at everything again, changes may go unnoticed: %w", err))
	}
}

// settle compares the dirty files with the snapshot, which then is what is on the disk.
func (k *keeper) settle() map[string]Op {
	k.bury()
	ops := map[string]Op{}
	for path, s := range k.dirty {
		if op := k.compare(path, s.level); op != 0 {
			ops[path] = op
		}
	}
	clear(k.dirty)
	return ops
}

// bury marks the files of directories that are gone, or were for a while.
func (k *keeper) bury() {
	if len(k.gone) == 0 {
		return
	}
	for path := range k.files {
		if k.gone[filepath.Dir(path)] {
			s := k.dirty[path]
			s.level = max(s.level, noticed)
			k.dirty[path] = s
		}
	}
	clear(k.gone)
}

// compare brings the snapshot up to date with one file, and returns what happened to it; 0 is nothing.
func (k *keeper) compare(path string, seen level) Op {
	was, had := k.files[path]
	now, ok, err := statRegular(path)
	if k.dirs[filepath.Dir(path)] == nil {
		ok, err = false, nil // there, perhaps, but by a way that is not followed
	}
	switch {
	case err != nil && !absent(err):
		return 0 // cannot tell
	case !ok && !had:
		return 0
	case !ok:
		delete(k.files, path)
		return Removed
	}
	now.scan = k.scan
	if had && seen < touched && now.sameMetadata(was) && !was.young {
		return 0
	}
	now.read(path, k.seed)
	now.suspect = was.suspect && seen < touched // no event of its own yet
	k.files[path] = now
	switch {
	case !had:
		return Created
	case now.differs(was, seen):
		return Modified
	}
	return 0
}
