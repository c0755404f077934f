package doctor

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// lookAtInotify counts what this user's processes watch, by inotify(7) and the
// fdinfo of proc(5).
func lookAtInotify(ctx context.Context, o Options) *Inotify {
	n := &Inotify{
		MaxWatches:   readNumber("/proc/sys/fs/inotify/max_user_watches"),
		MaxInstances: readNumber("/proc/sys/fs/inotify/max_user_instances"),
		Watchers:     1, // of the config
	}
	for _, pid := range pids() {
		if ctx.Err() != nil {
			break
		}
		if ownedByUs(pid) {
			n.count(pid)
		}
	}
	seen := map[string]bool{}
	for _, s := range o.services() {
		n.Watchers++
		for _, dir := range watched(s) {
			n.Directories += countDirectories(ctx, dir, seen)
		}
	}
	return n
}

func readNumber(file string) int {
	data, _ := os.ReadFile(file)
	n, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	return n
}

// count adds the inotify descriptors of a process, and the lines of each that tell
// of a watch.
func (n *Inotify) count(pid int) {
	dir := procDir(pid)
	fds, _ := os.ReadDir(dir + "/fd")
	for _, fd := range fds {
		if link, _ := os.Readlink(dir + "/fd/" + fd.Name()); link != "anon_inode:inotify" {
			continue
		}
		n.Instances++
		info, _ := os.ReadFile(dir + "/fdinfo/" + fd.Name())
		n.Watches += strings.Count(string(info), "inotify wd:")
	}
}

// most directories are counted: more would take too long, and is too many anyway.
const most = 200_000

// countDirectories leaves out what is in seen, and what no watcher descends into.
func countDirectories(ctx context.Context, root string, seen map[string]bool) (count int) {
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		if seen[path] || d.Name() == ".git" || d.Name() == "node_modules" {
			return fs.SkipDir
		}
		seen[path] = true
		if count++; ctx.Err() != nil || count >= most {
			return fs.SkipAll
		}
		return nil
	})
	return count
}
