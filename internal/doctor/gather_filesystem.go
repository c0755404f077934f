package doctor

import (
	"path/filepath"

	"github.com/seed-27ba25bb/supervisor/internal/config"
)

func lookAtFileSystems(o Options) (all []FileSystem) {
	if o.Silent == nil {
		return nil
	}
	for _, s := range o.services() {
		for _, dir := range watched(s) {
			all = append(all, FileSystem{Service: s.Name, Dir: dir, Silent: o.Silent(dir), Poll: s.Watch.Poll})
		}
	}
	return all
}

// watched is what dev watches at least: of a Go package, its module is more.
func watched(s config.Service) (dirs []string) {
	if len(s.Watch.Paths) == 0 {
		return []string{s.Dir}
	}
	for _, p := range s.Watch.Paths {
		if !filepath.IsAbs(p) {
			p = filepath.Join(s.Dir, p)
		}
		dirs = append(dirs, p)
	}
	return dirs
}
