package watch

import (
	"fmt"
	"hash/maphash"
	"time"
)

// fallbackInterval is how often a watcher polls that would rather have had events.
const fallbackInterval = time.Second

// level is how much an event says about a file. Higher ones include lower ones.
type level uint8

const (
	noticed level = iota + 1 // look at the metadata, and at the content if that differs
	touched                  // read the content
	written                  // written to: a change, unless the content is known and the same
)

// sighting is why a file is to be compared.
type sighting struct {
	level    level
	surveyed bool
	looks    file // to the last survey, if surveyed; the zero value if it was not there
}

// keeper is the state of a watcher: what is wanted, what is watched, and the snapshot. One goroutine owns it.
//
//	survey ─▶ dirs (watched first, read second) ─▶ files
//	event ──▶ dirty, and new dirs at once ──quiet──▶ settle: compare dirty with files ──▶ pending
//
// A directory is always watched before it is read, so a file that the reading misses makes an event.
type keeper struct {
	set     *set
	open    opener
	backend backend
	told    bool // that it has to poll
	notices chan<- error
	quiet   quiet
	pending Batch // closed and not yet taken

	dirs  map[string]*dir     // watched, by path
	reals map[string][]*dir   // the same, by path without symlinks
	trail map[string][]string // paths that lead some symlink on, with the symlinks
	links []string            // symlinks to look at when all else is watched

	seed   maphash.Seed
	files  map[string]file
	unread []string // files whose content may not be known yet
	scan   uint32   // counts surveys

	dirty map[string]sighting // files to compare
	gone  map[string]bool     // directories whose files are all to be compared
	short bool                // a directory that is named is missing
	stale bool                // what is watched cannot be trusted: survey again before comparing
}

func newKeeper(s *set, open opener, notices chan<- error) *keeper {
	k := &keeper{
		set:     s,
		open:    open,
		notices: notices,
		seed:    maphash.MakeSeed(),
		files:   map[string]file{},
		dirty:   map[string]sighting{},
		gone:    map[string]bool{},
	}
	k.quiet.set(s.opts.Quiet)
	return k
}

// reopen opens the backend that a set asks for.
func (k *keeper) reopen(s *set) (backend, error) {
	if s.opts.Poll > 0 {
		return k.open(s.opts.Poll)
	}
	b, err := k.open(0)
	if err != nil && s.opts.Poll == PollAuto {
		return k.openPoller(err)
	}
	return b, err
}

// openPoller opens the backend of last resort, and says so the first time.
func (k *keeper) openPoller(cause error) (backend, error) {
	if !k.told {
		k.told = true
		why := "events are not to be had here"
		if outOfWatches(cause) {
			why = shortage(cause)
		}
		k.notice(fmt.Errorf("polling every %v, because %s: %w", fallbackInterval, why, cause))
	}
	return k.open(fallbackInterval)
}

// notice never waits: the watcher does not depend on who listens.
func (k *keeper) notice(err error) {
	select {
	case k.notices <- err:
	default:
	}
}

// mark puts a file on the list of those to compare.
func (k *keeper) mark(path string, seen level) {
	s := k.dirty[path]
	s.level = max(s.level, seen)
	k.dirty[path] = s
	k.note()
}

// spot marks a file that a survey found changed. A file that looks as it did to the survey before does not
// keep the batch open.
func (k *keeper) spot(path string, now file) {
	if s, due := k.dirty[path]; due && s.surveyed && s.looks.sameMetadata(now) {
		return
	}
	k.mark(path, noticed)
	s := k.dirty[path]
	s.surveyed, s.looks = true, now
	k.dirty[path] = s
}

func (k *keeper) note() { k.quiet.note(time.Now(), len(k.dirty)) }

// meet takes a file into the snapshot as it is.
func (k *keeper) meet(path string) {
	f, ok, _ := statRegular(path)
	if !ok {
		return
	}
	f.suspect = f.young
	f.scan = k.scan
	k.files[path] = f
	k.unread = append(k.unread, path)
}
