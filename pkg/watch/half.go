package watch

import "time"

// How long after the last event a batch waits because it seems to hold half of a save.
const (
	gapPatience   = 20 * time.Millisecond // for a file that is gone or empty: it is being replaced
	writePatience = 50 * time.Millisecond // for a file that somebody has open for writing
)

// recheck is how long to wait before looking again: as long as it has been calm. Nothing tells when a file is
// closed or a lock removed.
func recheck(calm time.Duration) time.Duration {
	return min(max(calm, defaultQuiet), gapPatience)
}

// halfSaved knows the ways in which editors and compilers save: remove or rename the old file and make a new one, or
// truncate it and write. It comes after the content was read, so that a save that began meanwhile is seen.
func halfSaved(path string, f finding, calm time.Duration) bool {
	switch {
	case calm >= writePatience:
		return false
	case calm < gapPatience && f.now.size == 0:
		return true
	}
	after, there, _ := statRegular(path)
	return !there || !after.sameMetadata(f.now) || beingWritten(path)
}

// gap reports whether a file is gone and may come back. One that was moved over another will not: so editors save, by way
// of a temporary file.
func (k *keeper) gap(found map[string]finding) bool {
	moved := map[uint64]bool{}
	for path, f := range found {
		if was, had := k.files[path]; had && f.there && was.id != f.now.id {
			moved[f.now.id] = true
		}
	}
	for path, f := range found {
		if id := k.files[path].id; f.op == Removed && (id == 0 || !moved[id]) {
			return true
		}
	}
	return false
}
