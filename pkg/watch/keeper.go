package watch

import (
	"fmt"
	"hash/maphash"
	"time"
)

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
	news     bool // changed before we met it, but after what the caller knows
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
	system  system
	backend backend
	blind   bool          // the backend knows nothing
	silent  bool          // some directory's file system does not tell of every change
	rounds  rounds        // of surveys, for the above
	took    time.Duration // the last survey
	told    told
	notices chan<- error
	quiet   quiet
	pending Batch // closed and not yet taken

	dirs  map[string]*dir     // watched, by path
	reals map[string][]*dir   // the same, by path without symlinks
	kids  map[string]int      // how many real paths are watched directly below one
	trail map[string][]string // paths that lead some symlink on, with the symlinks
	links []string            // symlinks to look at when all else is watched
	kinds map[uint64]string   // which file systems are silent, by device

	seed   maphash.Seed
	files  map[string]file
	unread []string // files whose content may not be known yet
	scan   uint32   // counts surveys

	dirty    map[string]sighting // files to compare
	gone     map[string]bool     // directories whose files are all to be compared
	short    bool                // a directory that is named is missing
	checkout bool                // git was seen at work while the batch was open
	stale    bool                // what is watched cannot be trusted: survey again before comparing
}

// told says which reasons to poll were given already.
type told struct{ shortage, silent bool }

func newKeeper(s *set, sys system, notices chan<- error) *keeper {
	k := &keeper{
		set:     s,
		system:  sys,
		rounds:  newRounds(),
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
	k.blind = s.opts.Poll > 0
	if k.blind {
		return blind{}, nil
	}
	b, err := k.system.open()
	if err != nil && s.opts.Poll == PollAuto {
		return k.goBlind(err), nil
	}
	return b, err
}

// goBlind returns the backend of last resort, and says so the first time.
func (k *keeper) goBlind(cause error) backend {
	k.blind = true
	if !k.told.shortage {
		k.told.shortage = true
		why := "events are not to be had here"
		if outOfWatches(cause) {
			why = shortage(cause)
		}
		k.notice(fmt.Errorf("polling, because %s: %w", why, cause))
	}
	return blind{}
}

// hear finds out whether all changes in a directory make events. Where they do not, events are a help, but no more.
func (k *keeper) hear(d *dir) {
	if k.silent || k.blind || k.set.opts.Poll != PollAuto {
		return
	}
	kind, known := k.kinds[d.device]
	if !known {
		kind = k.system.silent(d.real)
		k.kinds[d.device] = kind
	}
	if kind == "" {
		return
	}
	k.silent = true
	k.schedule()
	if !k.told.silent {
		k.told.silent = true
		k.notice(fmt.Errorf("polling, because %s is on %s, a file system that does not tell of every change", d.path, kind))
	}
}

// schedule has the next survey made when it is due.
func (k *keeper) schedule() {
	switch {
	case k.set.opts.Poll > 0:
		k.rounds.arm(k.set.opts.Poll)
	case k.blind || k.silent:
		k.rounds.arm(pause(k.took, k.system.pause))
	default:
		k.rounds.arm(0)
	}
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
	if k.ignores(path) {
		k.stale = true // the rules have to be in force when the batch tells of them
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
	if k.set.recent(f) {
		k.mark(path, noticed)
		s := k.dirty[path]
		s.news = true
		k.dirty[path] = s
	}
}
