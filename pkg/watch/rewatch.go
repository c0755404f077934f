package watch

import (
	"maps"
	"slices"
)

// rewatch watches anew what is watched below a directory whose own watch is new.
//
// A watch is only good if it is younger than that of the directory above, or if that one is not watched: fsnotify keeps the
// removal of a directory to itself if the parent is watched by the time it reads of it, because the parent's watch tells of
// it, too; and a watch that was replaced, because its path leads to another inode now, takes its unread events with it. So a
// directory from before may be gone, or be another with the same inode number, and no event ever says so.
func (k *keeper) rewatch(above *dir, visit func(string)) {
	var lower []*dir
	for _, path := range slices.Sorted(maps.Keys(k.dirs)) {
		if d := k.dirs[path]; d.real != above.real && below(d.real, above.real) {
			lower = append(lower, d)
		}
	}
	for _, d := range lower {
		k.drop(d)
	}
	// Parents first. One that is not there any more has a parent that will tell when it comes.
	for _, d := range lower {
		if k.dirs[d.path] == nil {
			k.attach(d.path, d.interest, visit)
		}
	}
}
