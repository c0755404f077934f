package watch

import (
	"fmt"
	"path/filepath"
	"time"
)

// expire closes the batch if its time has come and no save is under way.
func (k *keeper) expire(now time.Time) {
	if !k.quiet.open || now.Before(k.quiet.closes()) {
		return
	}
	first, calm := k.quiet.first, now.Sub(k.quiet.last)
	if k.awaitsGit(now) {
		k.quiet.hold(now.Add(recheck(calm)))
		return
	}
	if k.stale {
		k.refresh()
		k.stale = false
	}
	found, half := k.look(calm, !now.Before(k.quiet.latest()))
	if half {
		k.quiet.hold(now.Add(recheck(calm)))
		return
	}
	ops := k.settle(found)
	k.quiet.open = false
	if len(ops) > 0 {
		k.pending = merge(k.pending, Batch{Changes: changes(ops), First: first})
	}
}

// awaitsGit reports whether the batch has to wait for git. When git is done all files are as they should be, but their
// events may still be on the way: if there are many, a survey finds the rest.
func (k *keeper) awaitsGit(now time.Time) bool {
	if len(k.dirty)+len(k.gone) == 0 && !k.stale {
		return false
	}
	if checkingOut(k.set.lock, now) {
		k.checkout = true
		return true
	}
	k.stale = k.stale || k.checkout && len(k.dirty) >= manyFiles
	k.checkout = false
	return false
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

// finding is what a dirty file is now; op is what happened to it, 0 is nothing.
type finding struct {
	op    Op
	now   file
	there bool
}

// look compares the dirty files with the snapshot. Unless it is the last chance, half says that one of them looks as if
// the batch should wait.
func (k *keeper) look(calm time.Duration, last bool) (found map[string]finding, half bool) {
	k.bury()
	found = make(map[string]finding, len(k.dirty))
	for path, s := range k.dirty {
		f, ok := k.compare(path, s)
		if !ok {
			continue
		}
		if !last && f.there && f.op != 0 && halfSaved(path, f, calm) {
			return nil, true
		}
		found[path] = f
	}
	return found, !last && calm < gapPatience && k.gap(found)
}

// settle brings the snapshot up to date.
func (k *keeper) settle(found map[string]finding) map[string]Op {
	ops := map[string]Op{}
	for path, f := range found {
		if f.there {
			k.files[path] = f.now
		} else {
			delete(k.files, path)
		}
		if f.op != 0 {
			ops[path] = f.op
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

// compare finds out what happened to a file since the snapshot; ok is false if it is what it was, or there is no telling.
func (k *keeper) compare(path string, s sighting) (f finding, ok bool) {
	was, had := k.files[path]
	now, there, err := statRegular(path)
	if k.dirs[filepath.Dir(path)] == nil {
		there, err = false, nil // there, perhaps, but by a way that is not followed
	}
	switch {
	case err != nil && !absent(err):
		return finding{}, false
	case !there:
		return finding{op: Removed}, had
	}
	now.scan = k.scan
	if had && !s.news && s.level < touched && now.sameMetadata(was) && !was.young {
		return finding{}, false
	}
	now.read(path, k.seed)
	now.suspect = was.suspect && s.level < touched && !s.news // no event of its own yet
	f = finding{now: now, there: true}
	switch {
	case !had:
		f.op = Created
	case now.differs(was, s.level) || s.news:
		f.op = Modified
	}
	return f, true
}
