package watch

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
)

// interest says what is wanted of a directory. The zero value: the directory itself, for the sake of what is named in it.
type interest struct {
	all  bool // every file that the patterns let through
	deep bool // every directory below, too
}

func (i interest) with(j interest) interest { return interest{i.all || j.all, i.deep || j.deep} }

// set is what Options ask for, independent of what exists. It is not changed once made, but for the rules in ignore.
type set struct {
	opts    Options
	dir     string
	dirs    map[string]interest // directories named, and those that lead to them
	names   map[string]bool     // files named, folded
	include []glob
	exclude []glob
	ignore  *ignore // nil if .gitignore files do not count
	lock    string  // of git, there or not
}

func compile(o Options) (*set, error) {
	if o.Poll < PollNever || o.Quiet < 0 {
		return nil, fmt.Errorf("cannot watch: an interval is negative (Poll %v, Quiet %v)", o.Poll, o.Quiet)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("cannot watch %q: %w", o.Dir, err)
	}
	s := &set{opts: o, dir: dir, dirs: map[string]interest{}, names: map[string]bool{}}
	if s.include, err = globs(o.Include); err != nil {
		return nil, err
	}
	if s.exclude, err = globs(o.Exclude); err != nil {
		return nil, err
	}
	s.name(o)
	top := repository(dir)
	s.lock = gitLock(top)
	if !o.NoGitignore {
		s.ignore = newIgnore(top)
		for d := range maps.Clone(s.dirs) {
			for ; s.ignore.within(d); d = filepath.Dir(d) {
				s.ignore.load(d)
				s.require(d, interest{})
			}
		}
	}
	return s, nil
}

func (s *set) name(o Options) {
	if len(o.Paths)+len(o.Dirs)+len(o.Files) == 0 {
		o.Paths = []string{"."}
	}
	for _, p := range o.Paths {
		// Whether it is a file or a directory is seen when it is there.
		p = s.abs(p)
		s.names[fold(p)] = true
		s.lead(p, interest{all: true, deep: true})
	}
	for _, p := range o.Dirs {
		s.lead(s.abs(p), interest{all: true})
	}
	for _, p := range o.Files {
		p = s.abs(p)
		s.names[fold(p)] = true
		s.lead(filepath.Dir(p), interest{})
	}
}

func (s *set) abs(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	return filepath.Clean(path)
}

// lead requires a directory and those on the way to it from Dir, so that it is found again when one of them is replaced.
func (s *set) lead(dir string, in interest) {
	s.require(dir, in)
	for d := filepath.Dir(dir); below(d, s.dir); d = filepath.Dir(d) {
		s.require(d, interest{})
	}
}

func (s *set) require(dir string, in interest) { s.dirs[dir] = s.dirs[dir].with(in) }

// enters returns what is wanted of a directory in one of which parent is wanted; ok is false if nothing is.
func (s *set) enters(path string, parent interest) (in interest, ok bool) {
	in, ok = s.dirs[path]
	if parent.deep && !s.excluded(path, true) {
		return in.with(parent), true
	}
	return in, ok
}

// takes reports whether a file counts that lies in a directory of which in is wanted.
func (s *set) takes(path string, in interest) bool {
	return s.names[fold(path)] || in.all && s.included(path) && !s.excluded(path, false)
}

// wants reports whether a file counts, wherever it is.
func (s *set) wants(path string) bool {
	return s.takes(path, s.interest(filepath.Dir(path)))
}

// interest is what is wanted of a directory, seen from the root of the file system.
func (s *set) interest(dir string) interest {
	parent := filepath.Dir(dir)
	if parent == dir {
		return s.dirs[dir]
	}
	in, _ := s.enters(dir, s.interest(parent))
	return in
}

func (s *set) included(path string) bool {
	return len(s.include) == 0 || matchAny(s.include, s.rel(path), false)
}

func (s *set) excluded(path string, dir bool) bool {
	if alwaysExcluded(filepath.Base(path), dir) || s.ignore != nil && s.ignore.match(path, dir) {
		return true
	}
	return len(s.exclude) > 0 && matchAny(s.exclude, s.rel(path), dir)
}

// recent reports whether a file that is new to the watcher is news to the caller, too.
func (s *set) recent(f file) bool {
	return !s.opts.Since.IsZero() && f.mtime >= s.opts.Since.Add(-coarseClock).UnixNano()
}

// rel returns the slash-separated path relative to Dir.
func (s *set) rel(path string) string {
	if below(path, s.dir) && path != s.dir {
		return under(path, s.dir)
	}
	if rel, err := filepath.Rel(s.dir, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(path)
}

// below reports whether path is dir or lies below it. Both are clean and absolute.
func below(path, dir string) bool {
	if len(path) < len(dir) || !samePath(path[:len(dir)], dir) {
		return false
	}
	return len(path) == len(dir) || path[len(dir)] == filepath.Separator || dir[len(dir)-1] == filepath.Separator
}

// under returns the slash-separated path of what lies below dir, relative to dir.
func under(path, dir string) string {
	return strings.TrimPrefix(filepath.ToSlash(path[len(dir):]), "/")
}
