package watch

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// dir is a watched directory.
type dir struct {
	path   string // as the caller sees it
	real   string // without symlinks: what the backend knows
	id     uint64
	device uint64
	interest
}

// anchor watches every directory that the set names, with all that is wanted below. Of one that is not there the nearest
// ancestor is watched, until it comes.
func (k *keeper) anchor(visit func(string)) {
	k.short = false
	// Parents first, so that they do not have to be read again for what is wanted of them.
	for _, named := range slices.Sorted(maps.Keys(k.set.dirs)) {
		if !k.watches(named) {
			k.approach(named, visit)
		}
		k.short = k.short || k.dirs[named] == nil
	}
	k.followAll(visit)
}

// approach watches a directory or as near to it as it gets. After each step it looks again, since the next directory on the
// way may have been made before the one above it was watched.
func (k *keeper) approach(named string, visit func(string)) {
	for {
		d := nearest(named)
		for !k.watches(d) && !k.attach(d, k.set.dirs[d], visit) {
			if d == filepath.Dir(d) {
				return
			}
			d = filepath.Dir(d)
		}
		if k.watches(nearest(named)) {
			return
		}
	}
}

// watches reports whether a directory is watched for all that the set wants of it by name.
func (k *keeper) watches(path string) bool {
	d := k.dirs[path]
	return d != nil && d.with(k.set.dirs[path]) == d.interest
}

// nearest returns the directory itself, or its nearest ancestor that is one.
func nearest(path string) string {
	for {
		fi, err := os.Stat(path)
		if err == nil && fi.IsDir() || path == filepath.Dir(path) {
			return path
		}
		path = filepath.Dir(path)
	}
}

// attach watches a directory, then reads it, and visits each file in it that counts. The same for what is wanted below.
// It returns false if the directory is not there (then its parent makes an event when it comes) or cannot be watched.
func (k *keeper) attach(path string, in interest, visit func(string)) bool {
	if old := k.dirs[path]; old != nil {
		in = in.with(old.interest)
	}
	fi, err := os.Stat(path)
	if err != nil || !fi.IsDir() {
		return false
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		real = path // gone since, or one of the Windows volumes that EvalSymlinks cannot resolve
	}
	return k.attachReal(&dir{path: path, real: real, id: fileID(fi), device: k.system.device(fi), interest: in}, visit)
}

func (k *keeper) attachReal(d *dir, visit func(string)) bool {
	fresh := !slices.ContainsFunc(k.reals[d.real], func(e *dir) bool { return e.id == d.id })
	if !k.watch(d) {
		return false
	}
	if fresh && k.kids[d.real] > 0 {
		k.rewatch(d, visit)
	}
	if k.set.ignore != nil {
		k.set.ignore.load(d.path)
	}
	entries, err := readDir(d.path)
	if err != nil {
		k.unreadable(d.path, err)
	}
	for _, e := range entries {
		k.entry(d, e, visit)
	}
	return true
}

func (k *keeper) entry(d *dir, e fs.DirEntry, visit func(string)) {
	path := filepath.Join(d.path, e.Name())
	switch {
	case e.Type()&fs.ModeSymlink != 0:
		k.links = append(k.links, path)
	case e.IsDir():
		in, ok := k.set.enters(path, d.interest)
		if !ok {
			return
		}
		fi, err := e.Info()
		if err != nil {
			return // gone already: there is an event
		}
		child := &dir{path: path, real: filepath.Join(d.real, e.Name()), id: fileID(fi), device: k.system.device(fi), interest: in}
		if d.path == d.real || !k.reported(child.real, path) {
			k.attachReal(child, visit)
		}
	case k.set.takes(path, d.interest):
		visit(path)
	}
}

// watch has the backend watch a directory, and falls back to polling if there is nothing to watch with.
func (k *keeper) watch(d *dir) bool {
	err := k.backend.add(d.real)
	switch {
	case err == nil:
	case os.IsNotExist(err):
		return false
	case outOfWatches(err) && k.set.opts.Poll == PollAuto:
		k.fallBack(err)
	case outOfWatches(err):
		k.notice(fmt.Errorf("cannot watch %s, its changes go unnoticed: %s: %w", d.path, shortage(err), err))
	default:
		k.unreadable(d.path, err)
	}
	if old := k.dirs[d.path]; old != nil {
		k.strike(old)
	}
	k.enlist(d)
	k.hear(d)
	return true
}

// fallBack goes on without events. What is not watched yet needs no watching then, and the next survey looks at
// everything.
func (k *keeper) fallBack(cause error) {
	if err := k.backend.close(); err != nil {
		k.notice(err)
	}
	k.backend = k.goBlind(cause)
	k.schedule()
}

// unreadable tells of a directory that is named; one that was merely come upon is none of ours.
func (k *keeper) unreadable(path string, err error) {
	if _, named := k.set.dirs[path]; named && !os.IsNotExist(err) {
		k.notice(fmt.Errorf("cannot watch %s: %w", path, err))
	}
}

// detach forgets a directory and all that is watched below it. Their files are compared when the batch closes.
func (k *keeper) detach(path string) {
	for p, d := range k.dirs {
		if below(p, path) {
			k.drop(d)
		}
	}
}

func (k *keeper) drop(d *dir) {
	k.gone[d.path] = true
	k.short = true
	k.note()
	if k.strike(d) {
		k.backend.remove(d.real)
	}
}
