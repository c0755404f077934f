package dev

import (
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

func filesOf(c config.Service, r config.Rule) watch.Options {
	return watch.Options{Dir: c.Dir, Paths: r.Paths, Include: r.Include, Exclude: r.Exclude, Poll: pollOf(c)}
}

func pollOf(c config.Service) time.Duration {
	if c.Watch.Poll.Never {
		return watch.PollNever
	}
	return c.Watch.Poll.Every
}

// RuleFiles are patterns of the files that belong to rules of the service, relative
// to its directory: a change of one of them runs the rule, and what the rule makes
// asks for the build.
func RuleFiles(c config.Service) (patterns []string) {
	for _, r := range c.Rules {
		if r.Persistent {
			continue
		}
		paths := r.Paths
		if len(paths) == 0 {
			paths = []string{"."}
		}
		for _, p := range paths {
			patterns = append(patterns, below(filepath.ToSlash(filepath.Clean(p)), r.Include)...)
		}
	}
	return patterns
}

// below says of patterns what they mean below a directory. Without a pattern it is
// the directory, or the file, itself.
func below(dir string, patterns []string) (all []string) {
	if len(patterns) == 0 && dir != "." {
		return []string{dir, dir + "/**"}
	}
	for _, p := range patterns {
		if !strings.Contains(p, "/") {
			p = path.Join(dir, "**", p)
		}
		all = append(all, p)
	}
	return all
}
