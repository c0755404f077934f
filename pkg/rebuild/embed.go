package rebuild

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// embed is a go:embed pattern of the package in dir. A pattern that matches a
// directory embeds all that is below it.
type embed struct{ dir, pattern string }

func newEmbed(dir, pattern string) embed {
	return embed{dir: dir, pattern: path.Clean(strings.TrimPrefix(pattern, "all:"))}
}

// has reports whether the pattern matches the file or a directory above it.
func (e embed) has(file string) bool {
	rest, ok := strings.CutPrefix(file, e.dir+string(filepath.Separator))
	if !ok {
		return false
	}
	for rest = filepath.ToSlash(rest); rest != "."; rest = path.Dir(rest) {
		if match, _ := path.Match(e.pattern, rest); match {
			return true
		}
	}
	return false
}

// wildcard is where the pattern stops to be a plain path, or -1.
func (e embed) wildcard() int { return strings.IndexAny(e.pattern, `*?[\`) }

// file is what a pattern without wildcards names; it may be a directory.
func (e embed) file() string { return filepath.Join(e.dir, filepath.FromSlash(e.pattern)) }

// trees are the directories below which a file may come to match: what is in
// front of the pattern's first wildcard, or, if that is the package's own
// directory, the directories that match now.
func (e embed) trees() []string {
	end := e.wildcard()
	if end < 0 {
		return e.directories(e.pattern)
	}
	if slash := strings.LastIndexByte(e.pattern[:end], '/'); slash >= 0 {
		return e.directories(e.pattern[:slash])
	}
	matches, _ := fs.Glob(os.DirFS(e.dir), e.pattern)
	return e.directories(matches...)
}

func (e embed) directories(names ...string) []string {
	var dirs []string
	for _, name := range names {
		dir := filepath.Join(e.dir, filepath.FromSlash(name))
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
