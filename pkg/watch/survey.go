package watch

import (
	"fmt"
	"time"
)

// How much Start reads, and how much the idle watcher reads at a time.
const (
	eagerFiles, eagerBytes = 1000, 8 << 20
	idleFiles, idleBytes   = 64, 1 << 20
)

// survey watches the set from scratch and visits each file.
func (k *keeper) survey(visit func(string)) {
	began := time.Now()
	k.scan++
	k.silent = false
	k.kinds = map[uint64]string{}
	k.dirs = map[string]*dir{}
	k.reals = map[string][]*dir{}
	k.kids = map[string]int{}
	k.trail = map[string][]string{}
	k.links = nil
	k.anchor(visit)
	k.set.opts.Since = time.Time{} // what a later survey meets was made known by an event, or not wanted before
	k.took = time.Since(began)
	k.schedule()
}

// renew goes over to a set, which may be the same, with a new backend. The old one closes
// before the survey: the survey compares everything, and so finds what neither saw.
func (k *keeper) renew(next *set) error {
	b, err := k.reopen(next)
	if err != nil {
		return err
	}
	if err := k.backend.close(); err != nil {
		k.notice(fmt.Errorf("cannot close the old watches: %w", err))
	}
	k.backend = b
	k.quiet.set(next.opts.Quiet)
	before := k.set
	k.set = next
	k.resurvey(before)
	return nil
}

// poll surveys with the backend as it is. Ignore files are read anew.
func (k *keeper) poll() {
	next, err := compile(k.set.opts)
	if err != nil {
		k.notice(err)
		return
	}
	before := k.set
	k.set = next
	k.resurvey(before)
}

// resurvey marks every file that may differ from the snapshot. Files that the set before did not want are met as they are.
func (k *keeper) resurvey(before *set) {
	k.stale = false
	clear(k.gone)
	k.survey(func(path string) { k.revisit(path, before) })
	for path, f := range k.files {
		if f.scan == k.scan {
			continue
		}
		if k.set.wants(path) {
			k.spot(path, file{})
		} else {
			delete(k.files, path)
		}
	}
	for path := range k.dirty {
		if !k.set.wants(path) {
			delete(k.dirty, path)
		}
	}
}

func (k *keeper) revisit(path string, before *set) {
	was, had := k.files[path]
	if !had && !before.wants(path) {
		k.meet(path)
		return
	}
	now, ok, err := statRegular(path)
	if had {
		was.scan = k.scan
		k.files[path] = was
		if err == nil && ok && k.unchanged(path, was, now) {
			return
		}
	}
	k.spot(path, now)
}

// unchanged reports whether a file is what it was, and then keeps what it learned on the way.
func (k *keeper) unchanged(path string, was, now file) bool {
	if !now.sameMetadata(was) {
		return false
	}
	if !was.young {
		return true
	}
	now.read(path, k.seed)
	if now.differs(was, noticed) {
		return false
	}
	now.scan, now.suspect = was.scan, was.suspect
	k.files[path] = now
	return true
}

// learn reads files whose content is not known yet, up to a number and a sum of sizes.
//
// This is sound although it comes after the snapshot: where the metadata is what it was when we met the file, so is the content, unless the file was
// young then, and for that it is suspect.
func (k *keeper) learn(files int, bytes int64) {
	for len(k.unread) > 0 && files > 0 && bytes > 0 {
		path := k.unread[0]
		k.unread = k.unread[1:]
		was, had := k.files[path]
		if _, due := k.dirty[path]; !had || was.known || due {
			continue
		}
		now, ok, err := statRegular(path)
		if err != nil || !ok || !now.sameMetadata(was) {
			continue // there is an event, or the next survey sees it
		}
		was.read(path, k.seed)
		k.files[path] = was
		files--
		if was.known {
			bytes -= was.size
		}
	}
	if len(k.unread) == 0 {
		k.unread = nil
	}
}
