// Package watch reports batches of changed files: what a rebuild should react to, and nothing else.
//
// A change is a change of content. A file saved by rename is one modified file; a chmod, a touch, or a
// rewrite with the same bytes is nothing. For that the watcher remembers the size, the time of modification,
// the inode and a 64-bit hash of each file, never its content.
//
// # When content is read
//
// Start reads the first thousand files (at most 8 MiB); the watcher reads the rest in the background, between
// events. Until a file has been read, a new modification time counts as a change. Files over 8 MiB and
// files that cannot be read are always judged by size, time and inode. After that a file is read again only when
// an event or its metadata names it. A modification time less than two seconds old proves nothing, since
// file systems count time in steps: such a file is read again when the tree is surveyed, and the first event
// for a file that was this young when the watcher met it counts, even if the content is what was met.
//
// # When a batch closes
//
// A batch closes when nothing has changed for a quiet time: [Options.Quiet] for one file, and as many times that as files
// have changed, up to a hundred. It is meant to be early: start work on a batch at once, and anew if another one follows. So
// that work comes to an end some time, batches get fewer when changes keep coming for more than two seconds: then the
// quiet time grows by half of what is beyond, to at most 250 ms (or Quiet, if that is more). A batch that never gets quiet
// closes after ten times that limit.
//
// A batch does not hold the half of a save, as far as can be told. It waits up to 20 ms after the last event for a file that is
// gone or empty, and on Linux up to 50 ms for one that somebody has open for writing; and for as long as git has the
// empty index.lock of a checkout, up to 30 seconds.
//
// # File systems without events
//
// Where others change files behind the kernel's back (network file systems, FUSE, mounts of virtual machines), and when the
// system has no watches left, all files are looked at again and again. A survey begins twenty times as long after the last as
// that took, but not before 200 ms and not after 10 s.
package watch

import "time"

// Values of [Options.Poll] beside a fixed interval.
const (
	PollAuto  time.Duration = 0  // events; polling as well, or instead, where they are not enough
	PollNever time.Duration = -1 // events only
)

// Options say what to watch. The zero value watches the working directory and all below it.
type Options struct {
	// Dir is what relative paths and patterns are relative to. Default: the working directory.
	Dir string

	// Paths are files, and directories with all that is below them. Default, if Dirs and Files are empty too: Dir.
	Paths []string
	// Dirs are directories without their subdirectories.
	Dirs []string
	// Files are single files. They, like all of Paths and Dirs, need not exist yet;
	// Include, Exclude and .gitignore do not apply to what is named itself.
	// Of what is named outside Dir, the renaming of a directory further up goes unnoticed by events.
	Files []string

	// Include are globs (with ** for any number of directories) on slash-separated paths relative to Dir.
	// A pattern without a slash matches the base name. Default: everything.
	Include []string
	// Exclude are globs like Include; one that ends in a slash matches directories only.
	// An excluded directory is not entered. Version control directories,
	// node_modules and the temporary files of editors are always excluded.
	Exclude []string
	// NoGitignore turns off .gitignore files. They count from the root of Dir's repository downwards;
	// outside a repository, from Dir downwards.
	NoGitignore bool

	// Poll is PollAuto, PollNever or the interval at which to look at every file instead of relying on events.
	Poll time.Duration
	// Quiet is how long one changed file must stay unchanged before its batch closes. Default: 1 ms.
	Quiet time.Duration

	// Since, if set, is how new the caller's knowledge of the files is: one that Start or Update finds modified later
	// counts as changed. It closes the gap between the begin of a build and the moment from which its files
	// are watched. A modification up to 10 ms earlier may count, because file systems use a coarse clock.
	Since time.Time
}

// Op is what happened to a file.
type Op uint8

// The operations. The zero value is none of them.
const (
	Created Op = iota + 1
	Modified
	Removed
)

func (o Op) String() string {
	switch o {
	case Created:
		return "created"
	case Modified:
		return "modified"
	case Removed:
		return "removed"
	}
	return "unknown"
}

// Change is one changed file. Directories are not reported, only the files in them.
type Change struct {
	Path string // absolute
	Op   Op
}

// Batch is a set of changes that happened close together.
type Batch struct {
	Changes []Change  // sorted by path, one for each path, never empty
	First   time.Time // when the first event of the batch was seen
}
