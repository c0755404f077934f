package rebuild

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Graph is what the build of a Go package reads, as far as people edit it: the
// main module, the other modules of the workspace, and modules replaced by a
// directory. All paths are absolute, sorted and unique.
type Graph struct {
	// Dirs are the directories of the packages, without what is below them.
	Dirs []string
	// Trees are the directories that go:embed patterns reach into, with all
	// that is below them: a new file there is embedded by the next build.
	Trees []string
	// Files are those of the modules and the workspace (go.mod, go.sum,
	// go.work, go.work.sum) and the embedded ones. Some may not exist.
	Files []string
	// Incomplete is why the graph may lack something: a file that does not
	// parse hides what it imports. Until it is nil again, what an earlier graph
	// had still matters.
	Incomplete error

	embeds []embed
}

// Has reports whether a change of the file at path, absolute, can change what
// the build makes, as far as the name tells. It knows of files that were made
// after the graph.
func (g Graph) Has(path string) bool {
	if _, ok := slices.BinarySearch(g.Files, path); ok {
		return true
	}
	if _, ok := slices.BinarySearch(g.Dirs, filepath.Dir(path)); ok && IsGoInput(path) {
		return true
	}
	return slices.ContainsFunc(g.embeds, func(e embed) bool { return e.has(path) })
}

// Inputs finds what go build reads to build pkg, as seen from dir, with go list.
// env nil is os.Environ(). flags are those of the build: -tags changes what is
// imported.
//
// Source that does not compile gives an Incomplete graph. It is an error if
// go.mod cannot be read, [ErrNoModule] if there is none, and [ErrNoGo] if there
// is no go command.
func Inputs(ctx context.Context, dir, pkg string, env []string, flags ...string) (Graph, error) {
	g, err := inputs(ctx, dir, pkg, env, flags)
	if err != nil {
		return Graph{}, fmt.Errorf("cannot find what %s imports: %w", pkg, err)
	}
	return g, nil
}

func inputs(ctx context.Context, dir, pkg string, env, flags []string) (Graph, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Graph{}, err
	}
	g, _, err := listInputs(ctx, dir, pkg, env, flags)
	return g, err
}

// listInputs returns the packages of the graph, too, and all others.
func listInputs(ctx context.Context, dir, pkg string, env, flags []string) (Graph, []listedPackage, error) {
	modules, err := moduleFiles(ctx, dir, env)
	if err != nil {
		return Graph{}, nil, err
	}
	list, err := listPackages(ctx, dir, env, pkg, append([]string{"-e"}, flags...))
	if err != nil {
		return Graph{}, nil, err
	}
	c := newCollector()
	c.addModules(modules)
	for _, p := range list {
		c.add(p)
	}
	return c.graph(), list, nil
}

// edited reports whether people edit the module's files, as opposed to the
// module cache.
func (m *listedModule) edited() bool {
	return m != nil && (m.Main || m.Replace != nil && m.Replace.Version == "")
}

// collector gathers a Graph.
type collector struct {
	dirs, trees, files map[string]bool
	embeds             []embed
	errs               []error
}

func newCollector() *collector {
	return &collector{dirs: map[string]bool{}, trees: map[string]bool{}, files: map[string]bool{}}
}

func (c *collector) add(p listedPackage) {
	if p.Error != nil {
		c.errs = append(c.errs, errors.New(strings.TrimPrefix(p.Error.Pos+": "+p.Error.Err, ": ")))
	}
	// The go command knows no module for a package that it cannot find.
	if p.Standard || p.Dir == "" || !p.Module.edited() {
		return
	}
	c.addModules([]string{p.Module.GoMod})
	c.dirs[p.Dir] = true
	for _, file := range p.EmbedFiles {
		c.files[filepath.Join(p.Dir, filepath.FromSlash(file))] = true
	}
	for _, pattern := range p.EmbedPatterns {
		c.addEmbed(newEmbed(p.Dir, pattern))
	}
}

// addModules adds go.mod and go.work files, and what goes with each: go.sum,
// go.work.sum.
func (c *collector) addModules(files []string) {
	for _, file := range files {
		c.files[file] = true
		c.files[strings.TrimSuffix(file, ".mod")+".sum"] = true
	}
}

func (c *collector) addEmbed(e embed) {
	c.embeds = append(c.embeds, e)
	trees := e.trees()
	for _, tree := range trees {
		c.trees[tree] = true
	}
	// A file that is not there now makes a build fail that it will mend.
	if e.wildcard() < 0 && len(trees) == 0 {
		c.files[e.file()] = true
	}
}

func (c *collector) graph() Graph {
	return Graph{
		Dirs:       slices.Sorted(maps.Keys(c.dirs)),
		Trees:      slices.Sorted(maps.Keys(c.trees)),
		Files:      slices.Sorted(maps.Keys(c.files)),
		Incomplete: errors.Join(c.errs...),
		embeds:     c.embeds,
	}
}
