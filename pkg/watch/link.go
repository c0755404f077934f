package watch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// longestTrail is after how many symlinks a path is taken for a loop, as in Linux.
const longestTrail = 40

// followAll looks at the symlinks that were found. It comes after everything else is watched, because a symlink to a directory that is
// watched anyway is not followed: each directory is reported once, and loops end.
func (k *keeper) followAll(visit func(string)) {
	for len(k.links) > 0 {
		link := k.links[0]
		k.links = k.links[1:]
		k.follow(link, visit)
	}
}

func (k *keeper) follow(link string, visit func(string)) {
	parent := k.dirs[filepath.Dir(link)]
	if parent == nil {
		return
	}
	in, enter := k.set.enters(link, parent.interest)
	file := k.set.takes(link, parent.interest)
	if !enter && !file {
		return
	}
	k.blaze(link, filepath.Join(parent.real, filepath.Base(link)), visit)
	fi, err := os.Stat(link)
	switch {
	case err != nil:
	case fi.IsDir() && enter:
		if real, err := filepath.EvalSymlinks(link); err == nil && !k.reported(real, link) {
			k.attach(link, in, visit)
		}
	case file:
		visit(link)
	}
}

// reported tells whether the files of a directory are reported by another path.
func (k *keeper) reported(real, path string) bool {
	return slices.ContainsFunc(k.reals[real], func(d *dir) bool { return d.all && d.path != path })
}

// blaze watches all that decides where a symlink leads: the symlinks on the way, and the target.
func (k *keeper) blaze(link, real string, visit func(string)) {
	for _, step := range trail(real) {
		if step == real {
			continue // in the directory that has the link
		}
		if !slices.Contains(k.trail[step], link) {
			k.trail[step] = append(k.trail[step], link)
		}
		if len(k.reals[filepath.Dir(step)]) == 0 {
			k.attach(filepath.Dir(step), interest{}, visit)
		}
	}
}

// trail resolves a path as the kernel does, component by component. It returns each symlink on the way, in a directory without symlinks, and
// at the end what the path leads to or the first component that is not there.
func trail(path string) []string {
	var steps []string
	at, rest := splitRoot(path)
	for len(rest) > 0 {
		next := filepath.Join(at, rest[0])
		rest = rest[1:]
		fi, err := os.Lstat(next)
		if err != nil {
			return append(steps, next)
		}
		if fi.Mode()&os.ModeSymlink == 0 {
			at = next
			continue
		}
		steps = append(steps, next)
		target, err := os.Readlink(next)
		if err != nil || len(steps) > longestTrail {
			return steps
		}
		if filepath.IsAbs(target) {
			var parts []string
			at, parts = splitRoot(target)
			rest = append(parts, rest...)
		} else {
			rest = append(components(target), rest...)
		}
	}
	return append(steps, at)
}

func splitRoot(path string) (root string, rest []string) {
	root = filepath.VolumeName(path) + string(filepath.Separator)
	return root, components(strings.TrimPrefix(path, root))
}

func components(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) })
}
