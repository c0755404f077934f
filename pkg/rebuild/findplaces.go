package rebuild

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// places begins a plan: it finds all files that decide what the build makes.
func (n *planner) places(graph Graph, list []listedPackage) (*plan, error) {
	goCmd, err := goCommand(n.env)
	if err != nil {
		return nil, err
	}
	if err := isGo(goCmd.Path); err != nil {
		return nil, err
	}
	p := &plan{Asked: n.asked, Go: goCmd.Path, Env: n.settings.variables(), Graph: saveGraph(graph)}
	own := slices.DeleteFunc(slices.Clone(list), func(p listedPackage) bool { return !n.changes(p) })
	p.Places = places{Trees: graph.Trees, Fixed: n.fixed(graph, own), Tools: n.tools(goCmd.Path)}
	for _, pkg := range own {
		if pkg.needsC() {
			return nil, fmt.Errorf("%s needs a C compiler", pkg.ImportPath)
		}
		in, err := newInputPackage(pkg)
		if err != nil {
			return nil, err
		}
		p.Places.Packages = append(p.Places.Packages, in)
	}
	return p, nil
}

// fixed are the files that say where packages and settings come from, and those
// that would if they were there.
func (n *planner) fixed(graph Graph, own []listedPackage) []string {
	files := append(above(n.dir, "go.mod", "go.work"), n.settings["GOENV"], filepath.Join(n.settings["GOROOT"], "go.env"))
	for _, file := range graph.Files {
		if isModuleFile(file) {
			files = append(files, file, filepath.Join(filepath.Dir(file), "vendor", "modules.txt"))
		}
	}
	for _, pkg := range own {
		files = append(files, above(pkg.Dir, "go.mod")...)
	}
	slices.Sort(files)
	return slices.DeleteFunc(slices.Compact(files), func(name string) bool { return name == "" || name == "off" })
}

func (n *planner) tools(goCmd string) []string {
	root, dir := n.settings["GOROOT"], n.settings["GOTOOLDIR"]
	return append(n.compilers(), goCmd, filepath.Join(root, "VERSION"),
		filepath.Join(dir, "compile"+exeSuffix), filepath.Join(dir, "link"+exeSuffix))
}

// isGo says no to what stands for the go command and chooses one by files that
// only it knows, as version managers do.
func isGo(name string) error {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(filepath.Dir(real)), "pkg", "tool")); err != nil {
		return fmt.Errorf("%s is not in a Go installation: it may run one version or the other", name)
	}
	return nil
}

// compilers are where a C compiler is or may come to be. Without CGO_ENABLED the
// go command turns cgo on if there is one.
func (n *planner) compilers() []string {
	name, _, _ := strings.Cut(n.settings["CC"], " ")
	if filepath.IsAbs(name) {
		return []string{name}
	}
	var all []string
	for _, dir := range filepath.SplitList(variable(n.env, "PATH")) {
		all = append(all, filepath.Join(dir, name+exeSuffix))
	}
	return all
}

func isModuleFile(name string) bool {
	switch filepath.Base(name) {
	case "go.mod", "go.sum", "go.work", "go.work.sum":
		return true
	}
	return false
}

// above names files in dir and in all directories above it. One that comes to be
// in between would change which module or workspace dir belongs to.
func above(dir string, names ...string) []string {
	var files []string
	for {
		for _, name := range names {
			files = append(files, filepath.Join(dir, name))
		}
		up := filepath.Dir(dir)
		if up == dir {
			return files
		}
		dir = up
	}
}

// changes reports whether the files of a package may change: not those of the
// standard library, and not those of the module cache.
func (n *planner) changes(p listedPackage) bool {
	if p.Standard || p.Dir == "" {
		return false
	}
	cache := n.settings["GOMODCACHE"]
	return cache == "" || !strings.HasPrefix(p.Dir, filepath.Clean(cache)+string(filepath.Separator))
}

// newInputPackage reads the headers of the sources. A package that needs
// the assembler, too, is sealed.
func newInputPackage(p listedPackage) (inputPackage, error) {
	in := inputPackage{Dir: p.Dir, Sources: p.absolute(p.GoFiles), Embeds: p.absolute(p.EmbedFiles), Sealed: p.hasAssembly()}
	for _, pattern := range p.EmbedPatterns {
		in.Patterns = append(in.Patterns, newEmbed(p.Dir, pattern).pattern)
	}
	for _, name := range in.Sources {
		src, err := os.ReadFile(name)
		if err != nil {
			return inputPackage{}, err
		}
		h, err := parseHeader(src)
		if err != nil {
			return inputPackage{}, err
		}
		in.Headers = append(in.Headers, knownHeader{Content: digest(src), Header: h})
	}
	return in, nil
}
