package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// loader carries what the stages of Load hand on.
type loader struct {
	Options
	vars     map[string]string
	base     string // where relative paths in the config start
	files    []string
	layers   []*layer
	problems problems
	broken   map[string]bool
	rank     int
}

// Load reads, merges and checks a configuration. The error is an *Error, or
// several joined: all faults, in the order of the files. Each has its own line.
//
// Strings in files and variables may hold ${VAR}, ${VAR:default} and $$.
func Load(o Options) (*Config, error) {
	l, err := newLoader(o)
	if err != nil {
		return nil, err
	}
	l.addTrees()
	profiles := l.readFiles()
	if err := l.problems.err(); err != nil {
		return nil, err // what is missing in a broken file is no fault of its own
	}
	l.choose(profiles)
	names := l.names()
	l.layers = append(l.layers, l.variables(names), l.flags())
	l.checkAll()
	return l.assemble()
}

func newLoader(o Options) (*loader, error) {
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("cannot load config: %w", err)
	}
	o.Dir = dir
	l := &loader{Options: o, base: dir, vars: map[string]string{}, broken: map[string]bool{}}
	for _, entry := range o.Environ {
		name, value, _ := strings.Cut(entry, "=")
		l.vars[name] = value
	}
	if len(o.Files) > 0 {
		l.base = filepath.Dir(l.absolute(o.Files[0]))
	}
	return l, nil
}

// absolute is for files that the user names on the command line.
func (l *loader) absolute(file string) string { return resolve(l.Dir, file) }

func resolve(dir, file string) string {
	if filepath.IsAbs(file) {
		return filepath.Clean(file)
	}
	return filepath.Join(dir, file)
}

func (l *loader) nextRank() int {
	l.rank++
	return l.rank
}

func (l *loader) check(layer *layer) {
	layer.unset = map[string]fault{}
	c := checker{layer, l.vars, &l.problems, l.broken}
	layer.tree = c.table(schema(), nil, layer.tree)
}

func (l *loader) checkAll() {
	for _, layer := range l.layers {
		l.check(layer)
	}
}
