package air

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// watching translates what is watched. The patterns of watch are relative to Dir, those
// of air to root.
func (t *translation) watching() {
	if t.watches {
		t.put("watch.paths", "", []string{t.relative(t.file.Name)})
		return
	}
	excluded, dirs := t.excludedDirs()
	t.put("watch.paths", t.origin("build.include_dir", "build.include_file", "root"), t.watched(dirs))
	if include := t.included(); len(include) > 0 {
		t.put("watch.include", t.origin("build.include_ext"), include)
	}
	exclude := slices.Concat(excluded, t.excludedFiles(), t.excludedExpressions(), t.ofRules())
	if t.everything() {
		exclude = append(exclude, t.own())
	}
	t.put("watch.exclude", t.origin("build.exclude_dir", "build.exclude_regex", "build.exclude_file"), unique(exclude))
	if t.yes("build.poll") {
		every := max(500*time.Millisecond, time.Duration(t.number("build.poll_interval"))*time.Millisecond)
		t.put("watch.poll", t.origin("build.poll"), every.String())
	}
	if said := t.number("build.delay"); said > 1000 {
		t.warn(t.origin("build.delay"), "build.delay is not waited for: a build starts as soon as the files are quiet, and starts anew if they change meanwhile")
	}
}

// anchored is a pattern for one path below root and nothing deeper of that name. There
// is none for root itself.
func (t *translation) anchored(pattern string) string {
	if pattern = strings.Trim(pattern, "/"); pattern == "" {
		return ""
	}
	root, err := filepath.Rel(t.Dir, t.absolute(t.root))
	if err != nil || root == "." { // err: another volume, where no pattern reaches
		return "/" + pattern
	}
	return "/" + literal(filepath.ToSlash(root)) + "/" + pattern
}

// watched are the paths below Dir. Files that are named count whatever is excluded or
// ignored by git, and so do the go.mod beside the directories.
func (t *translation) watched(excluded []string) []string {
	var inside, outside []string
	for _, d := range t.list("build.include_dir") {
		p := t.inRoot(d)
		if i := slices.IndexFunc(excluded, func(e string) bool { return within(p, e) }); i >= 0 {
			t.warn(t.origin("build.include_dir"), "build.include_dir: %s is in %s, which is excluded: not watched", d, excluded[i])
			continue
		}
		if within(p, t.root) {
			inside = append(inside, p)
		} else {
			outside = append(outside, p)
		}
	}
	paths := append(inside, outside...)
	if len(inside) == 0 {
		paths = append([]string{t.root}, outside...)
	} else if t.ofGo() {
		paths = append(paths, path.Join(t.root, "go.mod"), path.Join(t.root, "go.sum"))
	}
	for _, f := range t.list("build.include_file") {
		if strings.ContainsAny(f, "*?[") {
			t.warn(t.origin("build.include_file"), "build.include_file: %q names no file, as patterns are not taken: use build.include_ext", f)
			continue
		}
		if f != "" {
			paths = append(paths, t.inRoot(f))
		}
	}
	return unique(paths)
}

func within(p, dir string) bool {
	return dir == "." && !path.IsAbs(p) && !strings.HasPrefix(p, "../") && p != ".." || p == dir || strings.HasPrefix(p, dir+"/")
}

func (t *translation) everything() bool {
	return slices.Contains(t.list("build.include_ext"), "*")
}

// ofGo tells whether Go files count.
func (t *translation) ofGo() bool { return slices.Contains(t.list("build.include_ext"), "go") }

// included are the patterns of extensions; none of them means every file.
func (t *translation) included() []string {
	if t.everything() {
		return nil
	}
	var patterns []string
	for _, e := range t.extensions(t.list("build.include_ext"), "build.include_ext") {
		patterns = append(patterns, "*."+e)
	}
	if t.ofGo() {
		patterns = append(patterns, "go.mod", "go.sum", "go.work")
	}
	if len(patterns) > 0 {
		return patterns
	}
	t.warn(t.origin("build.include_ext"), "build.include_ext is empty, so that air watches nothing: taken as its default")
	return []string{"*.go", "*.tpl", "*.tmpl", "*.html", "go.mod", "go.sum", "go.work"}
}

// extensions are what may follow the last dot of a name.
func (t *translation) extensions(list []string, key string) []string {
	var clean []string
	for _, e := range list {
		e = strings.TrimSpace(e)
		bare := strings.TrimPrefix(strings.TrimPrefix(e, "*"), ".")
		if strings.Contains(bare, ".") || bare != e {
			t.warn(t.origin(key), "%s: air finds no file for %q; here it means all that end in .%s", key, e, bare)
		}
		if bare != "" {
			clean = append(clean, literal(bare))
		}
	}
	return clean
}

// unique leaves out what is there twice or is empty.
func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
