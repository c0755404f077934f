package rebuild

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// linkers builds and keeps linkers: that of a Go toolchain, from the toolchain's own
// sources, with one file more that has its memory in huge pages. It does what the
// toolchain's does, in three quarters of the time.
type linkers struct {
	dir    string // "" if there shall be none
	wanted bool   // this system's own linkers have small pages
	failed string // the one that was of no use: this program does not try it again
}

const (
	linkerPrefix = "link-"
	// keepLinkers is how many linkers stay, each about 9 MB: one for each toolchain that
	// anybody is likely to use.
	keepLinkers = 4
)

// PrepareLinker gives builds that are prepared a linker of their own, if Options.Linkers
// is set, on Linux, where the kernel gives huge pages to programs that ask for them. It is
// for the idle time after Prepare: the first time for a Go toolchain it builds the linker,
// which takes up to a minute of one processor, later about as long as a build, and nothing
// if there is nothing to do. A Build that begins meanwhile ends it.
//
// The error says why builds are linked by the toolchain's own linker. It is nothing to
// worry users with.
func (b *Builder) PrepareLinker(ctx context.Context) error {
	if b.fast == nil || b.fast.linkers.dir == "" || !b.fast.linkers.wanted {
		return nil
	}
	if err := b.prepareBy(ctx, b.fast.prepareLinker); err != nil {
		return fmt.Errorf("cannot prepare a linker for %s: %w", b.maker.target(), err)
	}
	return nil
}

// prepareLinker gives the plan that holds a linker of ours, if that makes the same
// executable, bit by bit, as is known to come of the sources.
func (f *fastBuild) prepareLinker(ctx context.Context, r *runner, exe string) error {
	p, l := f.match(r.env)
	if p == nil {
		return errors.New("there is no plan")
	}
	if p.Linker != "" && touch(p.Linker) {
		return nil
	}
	k := &f.linkers
	name, err := k.name(p)
	if err != nil {
		return err
	}
	if name == k.failed {
		return errors.New("it was of no use before")
	}
	q := *p
	q.Linker = name
	q.seal()
	built, err := k.get(ctx, r, p, name)
	if err == nil {
		err = f.try(ctx, r, exe, &q, l)
	}
	switch {
	case err == nil:
		f.memory.replacePlan(p, &q)
	case ctx.Err() == nil && !errors.Is(err, errChanging):
		k.failed = name
		if built {
			os.Remove(name) // what was there before may be of use to others
		}
	}
	return err
}

// name is where the linker for a plan is, or will be.
func (k *linkers) name(p *plan) (string, error) {
	stock, err := hashFile(p.Link.Args[0])
	if err != nil {
		return "", err
	}
	return filepath.Join(k.dir, linkerPrefix+digest([]byte(stock + hugelink))[:16]), nil
}

// usable is the linker of a plan that is to be tried, "" if there is none.
func (k *linkers) usable(p *plan) string {
	if p.Linker == k.failed {
		return ""
	}
	return p.Linker
}

// fell notes that the linker of a plan failed where the toolchain's own did not. One that
// is gone can be built again.
func (k *linkers) fell(p *plan) {
	if _, err := os.Stat(p.Linker); err == nil {
		k.failed = p.Linker
	}
}

// touch reports whether a file is there, and has it be one of the newest.
func touch(name string) bool {
	now := time.Now()
	return os.Chtimes(name, now, now) == nil
}

// get sees to it that the linker for a plan is there, and reports whether it had to be
// built: by one processor, since nobody waits for it.
func (k *linkers) get(ctx context.Context, r *runner, p *plan, name string) (built bool, err error) {
	if touch(name) {
		return false, nil
	}
	if err := k.build(ctx, r, p); err != nil {
		return false, err
	}
	if err := os.MkdirAll(k.dir, 0o755); err != nil {
		return false, err
	}
	made := filepath.Join(r.scratch, "link")
	if err := settle(made); err != nil {
		return false, err
	}
	if err := os.Rename(made, name); err != nil {
		return false, err
	}
	leaveNewest(k.dir, linkerPrefix, keepLinkers)
	return true, nil
}

// settle has the content of a file on the disk before it gets the name that counts.
func settle(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// build makes link in the scratch directory, in a module of its own: whose project it is
// for has no say.
func (k *linkers) build(ctx context.Context, r *runner, p *plan) error {
	root := variable(p.Env, "GOROOT")
	in := func(name string) string { return filepath.Join(r.scratch, name) }
	replace, err := json.Marshal(map[string]map[string]string{
		"Replace": {filepath.Join(root, "src", "cmd", "link", "hugelink_linux.go"): in("more.go")},
	})
	if err != nil {
		return err
	}
	for name, content := range map[string]string{
		"more.go":      strings.Replace(hugelink, "\npackage hugelink\n", "\npackage main\n", 1),
		"overlay.json": string(replace),
		"go.mod":       "module linker\n",
	} {
		if err := os.WriteFile(in(name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	there := *r
	there.dir = r.scratch
	return there.tool(ctx, command{Args: []string{
		filepath.Join(root, "bin", "go"), "build", "-overlay", in("overlay.json"), "-o", "link", "cmd/link",
	}}, append(hostOnly(), "PWD="+r.scratch, "GOROOT="+root, "GOCACHE="+variable(p.Env, "GOCACHE"), "GOMAXPROCS=1"))
}

// hostOnly are the variables of a build for any machine of this kind, by one toolchain,
// whatever the project is built for and with.
func hostOnly() []string {
	return []string{
		"GOENV=off", "GOTOOLCHAIN=local", "GOWORK=off", "GO111MODULE=", "GOFLAGS=", "GOEXPERIMENT=", "GOFIPS140=", "GODEBUG=",
		"GOOS=", "GOARCH=", "GOAMD64=", "GOARM64=", "GOARM=", "GO386=", "CGO_ENABLED=0",
	}
}

// try makes of what was looked at what is known to come of it, with the linker of a plan.
func (f *fastBuild) try(ctx context.Context, r *runner, exe string, p *plan, l look) error {
	want, ok := f.memory.find(p.key(l))
	if !ok {
		return errChanging
	}
	if err := r.clear(exe); err != nil {
		return err
	}
	y := newReplay(r, p, l, f.objects())
	y.linker = p.Linker
	err := y.make(ctx, exe)
	if now, again := f.match(r.env); now == nil || !l.same(again) {
		return errChanging
	}
	if err != nil {
		return err
	}
	if y.fell != nil {
		return y.fell
	}
	got, err := hashFile(exe)
	if err == nil && got != want {
		err = fmt.Errorf("%s makes another program than %s", p.Linker, p.Link.Args[0])
	}
	return err
}
