package rebuild

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// assemble joins what the go command says of the packages and of its steps.
func (n *planner) assemble(p *plan, t trace, list []listedPackage) error {
	link := t.links[0]
	cfg, ok := t.files[link.flag("-importcfg")]
	if !ok {
		return errors.New("go build -n: no importcfg of the link")
	}
	dirs := packageDirs(cfg)
	var fixed []string // names of archives, and where they are
	var own []listedPackage
	for _, pkg := range list {
		dir := dirs[pkg.ImportPath]
		switch {
		case pkg.ImportPath == "unsafe":
		case dir == "" || pkg.Export == "":
			return fmt.Errorf("no archive of %s", pkg.ImportPath)
		case !n.changes(pkg):
			if !pkg.Standard && pkg.needsC() {
				return fmt.Errorf("%s needs a C compiler", pkg.ImportPath)
			}
			fixed = append(fixed, archive(dir), pkg.Export)
		default:
			own = append(own, pkg)
			p.Packages = append(p.Packages, planned{Path: pkg.ImportPath, Work: dir, Archive: pkg.Export})
		}
	}
	if len(own) == 0 || len(own) != len(p.Places.Packages) {
		return errors.New("no package whose files may change")
	}
	archives := strings.NewReplacer(fixed...)
	for i := range p.Packages {
		if err := p.Packages[i].assemble(t, archives, own[i], p.Places.Packages[i]); err != nil {
			return fmt.Errorf("%s: %w", own[i].ImportPath, err)
		}
	}
	if err := p.inOrder(); err != nil {
		return err
	}
	p.LinkCfg = archives.Replace(cfg)
	return p.assembleLink(link)
}

// packageDirs are the work directories of packages, by import path.
func packageDirs(importcfg string) map[string]string {
	dirs := map[string]string{}
	for line := range strings.Lines(importcfg) {
		entry, ok := strings.CutPrefix(strings.TrimSpace(line), "packagefile ")
		path, file, _ := strings.Cut(entry, "=")
		if dir := workDir(file); ok && dir != "" {
			dirs[path] = dir
		}
	}
	return dirs
}

func (g *planned) assemble(t trace, archives *strings.Replacer, pkg listedPackage, in inputPackage) error {
	g.Inputs = slices.Concat(in.Sources, in.Embeds)
	c, ok := t.compiles[g.Work]
	switch {
	case !ok:
		return errors.New("go build -n does not compile it")
	case in.Sealed:
		return nil
	case t.opaque[g.Work]:
		return errors.New("it takes more than the compiler")
	}
	cfg, ok := t.files[c.flag("-importcfg")]
	if !ok {
		return errors.New("no importcfg")
	}
	g.Imports = archives.Replace(cfg)
	for _, dir := range packageDirs(g.Imports) {
		g.Needs = append(g.Needs, dir)
	}
	slices.Sort(g.Needs)
	if name := c.flag("-embedcfg"); name != "" {
		if g.EmbedCfg, ok = t.files[name]; !ok {
			return errors.New("no embedcfg")
		}
	}
	var err error
	g.Compile, err = steadyCompile(c, in.Sources)
	return err
}

// steadyCompile leaves out of a compile what changes with the content of the
// sources, its build ID, and names the sources by their whole paths: the trace
// shortens them.
func steadyCompile(c command, sources []string) (command, error) {
	args := slices.Clone(c.Args)
	first := len(args) - len(sources)
	if first < 1 || args[first-1] != "-pack" {
		return command{}, errors.New("its sources do not stand behind -pack")
	}
	for i, source := range sources {
		if filepath.Base(args[first+i]) != filepath.Base(source) {
			return command{}, fmt.Errorf("go build -n compiles %s, not %s", args[first+i], source)
		}
		args[first+i] = source
	}
	id := slices.Index(args, "-buildid")
	if id < 0 || id+1 >= first {
		return command{}, errors.New("no build ID")
	}
	args[id+1] = steadyID
	if slices.ContainsFunc(args[:first], func(arg string) bool { return strings.HasPrefix(arg, "-pgoprofile") }) {
		return command{}, errors.New("it is compiled with a profile")
	}
	return command{Env: c.Env, Args: args}, nil
}

// assembleLink leaves out the build ID that the go command made, which another
// one overrules.
func (p *plan) assembleLink(c command) error {
	isID := func(arg string) bool { return strings.HasPrefix(arg, "-buildid=") }
	args := slices.Clone(c.Args)
	id := slices.IndexFunc(args, isID)
	if id < 0 || !slices.ContainsFunc(args[id+1:], isID) {
		return errors.New("the build ID of the executable is not steady")
	}
	p.Link = command{Env: c.Env, Args: slices.Delete(args, id, id+1)}
	p.Main = workDir(c.Args[len(c.Args)-1])
	if p.Main == "" || p.Main != p.Packages[len(p.Packages)-1].Work {
		return errors.New("what is linked is not the package that was asked for")
	}
	return nil
}
