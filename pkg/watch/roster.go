package watch

import (
	"path/filepath"
	"slices"
)

// enlist adds to what is watched.
func (k *keeper) enlist(d *dir) {
	k.dirs[d.path] = d
	if len(k.reals[d.real]) == 0 {
		k.kids[filepath.Dir(d.real)]++
	}
	k.reals[d.real] = append(k.reals[d.real], d)
}

// strike takes from what is watched, and reports whether the directory is not watched by another path either.
func (k *keeper) strike(d *dir) (last bool) {
	if k.dirs[d.path] == d {
		delete(k.dirs, d.path)
	}
	rest := slices.DeleteFunc(slices.Clone(k.reals[d.real]), func(e *dir) bool { return e == d })
	if len(rest) > 0 {
		k.reals[d.real] = rest
		return false
	}
	delete(k.reals, d.real)
	if up := filepath.Dir(d.real); k.kids[up] > 1 {
		k.kids[up]--
	} else {
		delete(k.kids, up)
	}
	return true
}
