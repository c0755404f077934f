package rebuild

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// replay makes an executable as a plan says, of what was looked at. It compiles
// the packages whose inputs are other than any that it has an archive of, and
// links. What a package is made from is its own files and the export data of
// those that it imports, so a change that importers cannot see ends there.
type replay struct {
	r       *runner
	p       *plan
	look    look
	objects objects

	linker string // one of ours, "" for the toolchain's own
	fell   error  // why that of ours did not do

	archives map[string]string // by work directory, as far as they are known
	exports  map[string]string // their exportDigest
	fresh    map[string]string // archives in the scratch directory, by key
}

func newReplay(r *runner, p *plan, l look, o objects) *replay {
	return &replay{r: r, p: p, look: l, objects: o,
		archives: map[string]string{}, exports: map[string]string{}, fresh: map[string]string{}}
}

// key names the archive of a package by all that the compiler reads.
func (g planned) key(l look, exports map[string]string) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %q %q\n", g.Path, g.Compile, g.Imports, g.EmbedCfg)
	for _, need := range g.Needs {
		fmt.Fprintf(sum, "%s %s\n", need, exports[need])
	}
	for _, name := range g.Inputs {
		fmt.Fprintf(sum, "%q %s\n", name, l.contents[name])
	}
	return hexSum(sum)
}

// base notes what the archives of the go command were made of.
func (p *plan) base(l look) error {
	exports := map[string]string{}
	for i, g := range p.Packages {
		p.Packages[i].Base = g.key(l, exports)
		var err error
		if exports[g.Work], err = exportDigest(g.Archive); err != nil {
			return err
		}
	}
	return nil
}

// make makes exe.
func (y *replay) make(ctx context.Context, exe string) error {
	for _, level := range y.p.levels() {
		if err := y.level(ctx, level); err != nil {
			return err
		}
	}
	return y.link(ctx, exe)
}

// level finds or makes the archives of packages that do not need each other.
func (y *replay) level(ctx context.Context, level []planned) error {
	keys := make([]string, len(level))
	var stale []int
	for i, g := range level {
		keys[i] = g.key(y.look, y.exports)
		y.archives[g.Work] = y.find(g, keys[i])
		if y.archives[g.Work] != "" {
			continue
		}
		if len(g.Compile.Args) == 0 {
			return fmt.Errorf("%s takes more than the compiler", g.Path)
		}
		stale = append(stale, i)
	}
	if err := y.compileAll(ctx, level, stale); err != nil {
		return err
	}
	for _, i := range stale {
		work := level[i].Work
		y.archives[work] = y.scratch(archive(work))
		y.fresh[keys[i]] = y.archives[work]
	}
	for _, g := range level {
		var err error
		if y.exports[g.Work], err = exportDigest(y.archives[g.Work]); err != nil {
			return err
		}
	}
	return nil
}

// find returns an archive that was made of the same, "" if there is none.
func (y *replay) find(g planned, key string) string {
	if key == g.Base {
		return g.Archive
	}
	return y.objects.find(key)
}

// compileAll compiles as many packages at a time as there are processors.
func (y *replay) compileAll(ctx context.Context, level []planned, stale []int) error {
	atOnce := min(len(stale), runtime.NumCPU())
	places := y.places()
	free := make(chan struct{}, max(1, atOnce))
	errs := make([]error, len(stale))
	var all sync.WaitGroup
	for n, i := range stale {
		all.Go(func() {
			free <- struct{}{}
			errs[n] = y.compile(ctx, level[i], places)
			<-free
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// places puts archives and the scratch directory in the place of their names in
// the trace.
func (y *replay) places() *strings.Replacer {
	var names []string
	for work, file := range y.archives {
		if file != "" {
			names = append(names, archive(work), file)
		}
	}
	return strings.NewReplacer(append(names, workRoot, y.r.scratch)...)
}

func (y *replay) scratch(name string) string {
	return strings.Replace(name, workRoot, y.r.scratch, 1)
}

func (y *replay) compile(ctx context.Context, g planned, places *strings.Replacer) error {
	if err := os.Mkdir(filepath.Join(y.r.scratch, g.Work), 0o700); err != nil {
		return err
	}
	if err := y.write(g.Compile.flag("-importcfg"), places.Replace(g.Imports)); err != nil {
		return err
	}
	if name := g.Compile.flag("-embedcfg"); name != "" {
		if err := y.write(name, g.EmbedCfg); err != nil {
			return err
		}
	}
	return y.r.tool(ctx, placed(g.Compile, places), y.p.Env)
}

func (y *replay) write(name, content string) error {
	return os.WriteFile(y.scratch(name), []byte(content), 0o600)
}

func placed(c command, places *strings.Replacer) command {
	args := make([]string, len(c.Args))
	for i, arg := range c.Args {
		args[i] = places.Replace(arg)
	}
	return command{Env: c.Env, Args: args}
}

// link links to where the go command would, and puts the result at exe: some
// linkers put the name of their output into it.
func (y *replay) link(ctx context.Context, exe string) error {
	out := y.scratch(y.p.Link.flag("-o"))
	if err := os.MkdirAll(filepath.Dir(out), 0o700); err != nil {
		return err
	}
	places := y.places()
	if err := y.write(y.p.Link.flag("-importcfg"), places.Replace(y.p.LinkCfg)); err != nil {
		return err
	}
	if err := y.run(ctx, placed(y.p.Link, places)); err != nil {
		return err
	}
	return os.Rename(out, exe)
}

// run links by a linker of ours, if there is one, and if that fails by the toolchain's.
func (y *replay) run(ctx context.Context, link command) error {
	if y.linker != "" {
		ours := command{Env: link.Env, Args: append([]string{y.linker}, link.Args[1:]...)}
		err := y.r.tool(ctx, ours, y.p.Env)
		if err == nil || ctx.Err() != nil {
			return err
		}
		y.fell = err
	}
	return y.r.tool(ctx, link, y.p.Env)
}

// publish lets later builds use the archives that were compiled.
func (y *replay) publish() {
	for key, file := range y.fresh {
		y.objects.add(key, file)
	}
	const versions = 2 // of all packages, or many more of a few
	y.objects.prune(max(64, versions*len(y.p.Packages)))
}
