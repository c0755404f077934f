package rebuild

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// plan is how to make an executable without the go command, by the compiles and
// the link that it would do. It holds for as long as shape and options stay the
// same. It never changes, and can be kept in a file.
type plan struct {
	ID     string // a hash of the rest
	Asked  string // what was asked for, see asked
	Go     string // the go command
	Shape  string // of Places, see look
	Places places
	Graph  savedGraph

	Env      []string  // what the go command sets for its tools
	Packages []planned // those of Places, in the order of their imports
	Link     command
	LinkCfg  string
	Linker   string `json:",omitempty"` // in place of Link's, see linkers
	Main     string // the work directory of the main package
}

// planned is a package as the plan makes it. Names of files below $WORK are left
// as they are in the trace, but for archives of packages that never change.
type planned struct {
	Path     string   // as importers name it
	Work     string   // its work directory
	Needs    []string // work directories of those in the plan that it imports
	Inputs   []string // its sources and what it embeds
	Compile  command  // no Args: only the go command knows how
	Imports  string   // the content of its importcfg
	EmbedCfg string
	Archive  string // as the go command made it
	Base     string // the key of the inputs of Archive, see replay.key
}

// savedGraph is a Graph that a file can hold.
type savedGraph struct {
	Dirs, Trees, Files []string
	Embeds             [][2]string
}

func saveGraph(g Graph) savedGraph {
	s := savedGraph{Dirs: g.Dirs, Trees: g.Trees, Files: g.Files}
	for _, e := range g.embeds {
		s.Embeds = append(s.Embeds, [2]string{e.dir, e.pattern})
	}
	return s
}

func (s savedGraph) graph() Graph {
	g := Graph{Dirs: slices.Clone(s.Dirs), Trees: slices.Clone(s.Trees), Files: slices.Clone(s.Files)}
	for _, e := range s.Embeds {
		g.embeds = append(g.embeds, embed{dir: e[0], pattern: e[1]})
	}
	return g
}

// holds returns a look at the sources if the plan fits them.
func (p *plan) holds(asked, goPath string) (look, bool) {
	if p.Asked != asked || p.Go != goPath {
		return look{}, false
	}
	l, err := p.Places.look()
	return l, err == nil && l.shape == p.Shape
}

// seal gives the plan its ID.
func (p *plan) seal() { p.ID = p.hash() }

// intact reports whether the plan is as it was when it got its ID.
func (p *plan) intact() bool { return p.ID == p.hash() }

func (p *plan) hash() string {
	rest := *p
	rest.ID = ""
	text, err := json.Marshal(rest)
	if err != nil {
		return "" // cannot be: there are only strings in it
	}
	return digest(text)
}

// key names the executable that the plan makes of what was looked at. Of the
// plan counts what two plans for the same steps have in common.
func (p *plan) key(l look) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %q %q %q %q\n", p.Asked, p.Go, p.Shape, p.Env, p.Link, p.LinkCfg)
	for _, pkg := range p.Packages {
		fmt.Fprintf(sum, "%q %q %q %q %q\n", pkg.Path, pkg.Work, pkg.Compile, pkg.Imports, pkg.EmbedCfg)
	}
	for _, name := range slices.Sorted(maps.Keys(l.contents)) {
		fmt.Fprintf(sum, "%q %s\n", name, l.contents[name])
	}
	return hexSum(sum)
}

// inOrder is an error if a package needs what is not made before it.
func (p *plan) inOrder() error {
	made := map[string]bool{}
	for _, pkg := range p.Packages {
		for _, need := range pkg.Needs {
			if !made[need] {
				return fmt.Errorf("%s needs what is made in %s, and nothing before it makes that", pkg.Path, need)
			}
		}
		made[pkg.Work] = true
	}
	return nil
}

// levels are the packages, which are in order, in groups: those of a group need only
// those before.
func (p *plan) levels() [][]planned {
	var levels [][]planned
	depth := map[string]int{}
	for _, pkg := range p.Packages {
		at := 0
		for _, need := range pkg.Needs {
			at = max(at, depth[need]+1)
		}
		depth[pkg.Work] = at
		if at == len(levels) {
			levels = append(levels, nil)
		}
		levels[at] = append(levels[at], pkg)
	}
	return levels
}
