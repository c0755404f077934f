package watch

import (
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"time"
)

const (
	// granularity is the coarsest step in which a file system in use counts modification times (FAT).
	granularity = 2 * time.Second
	// coarseClock is how far the clock by which a local file system stamps files may be behind (a tick of Linux at 100 Hz).
	coarseClock = 10 * time.Millisecond
	// largestHashed is the size of the largest file that is judged by content.
	largestHashed = 8 << 20
)

// file is what the snapshot knows of one file.
type file struct {
	size  int64
	mtime int64  // nanoseconds since 1970
	id    uint64 // inode, or 0 where there is none
	sum   uint64 // hash of the content, if known
	scan  uint32 // the last survey that found the file

	known bool // the content has been read
	young bool // modified so shortly before we looked that a later change may have the same time
	// suspect: the file was young when first met. Its content may already be that
	// of a change which the caller has to hear of, and whose event is still on the way.
	suspect bool
}

func describe(fi fs.FileInfo) file {
	return file{
		size:  fi.Size(),
		mtime: fi.ModTime().UnixNano(),
		id:    fileID(fi),
		young: time.Since(fi.ModTime()) < granularity,
	}
}

func (f file) sameMetadata(g file) bool {
	return f.size == g.size && f.mtime == g.mtime && f.id == g.id
}

// differs reports whether the file now is another than it was, as far as can be told.
func (f file) differs(was file, seen level) bool {
	switch {
	case f.size != was.size:
		return true
	case f.known && was.known:
		return f.sum != was.sum || was.suspect && seen >= touched
	}
	return !f.sameMetadata(was) || seen == written
}

// read adds the content's hash. A file that is large or cannot be read stays unknown.
func (f *file) read(path string, seed maphash.Seed) {
	f.sum, f.known = 0, false
	if f.size > largestHashed {
		return
	}
	r, err := openFile(path)
	if err != nil {
		return
	}
	defer r.Close()
	var h maphash.Hash
	h.SetSeed(seed)
	// A file that grows while it is read makes an event, or is young.
	if _, err := io.Copy(&h, io.LimitReader(r, largestHashed)); err != nil {
		return
	}
	f.sum, f.known = h.Sum64(), true
}

// statRegular describes the regular file that path leads to; ok is false if there is none.
func statRegular(path string) (f file, ok bool, err error) {
	fi, err := os.Stat(path)
	if err != nil || !fi.Mode().IsRegular() {
		return file{}, false, err
	}
	return describe(fi), true, nil
}

// readFile is os.ReadFile by way of openFile.
func readFile(path string) ([]byte, error) {
	r, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
