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
	failed string // the one that was of no use: it is not built again
}

// keepLinkers is how many linkers stay, each about 9 MB: one for each toolchain that
// anybody is likely to use.
const keepLinkers = 4

// name is where the linker for a plan is, or will be.
func (k *linkers) name(p *plan) (string, error) {
	stock, err := hashFile(p.Link.Args[0])
	if err != nil {
		return "", err
	}
	return filepath.Join(k.dir, "link-"+digest([]byte(stock + hugelink))[:16]), nil
}

// get sees to it that the linker for a plan is there. It is built if it is not: that takes
// ten seconds to a minute, the first time, and one processor, for nobody waits for it.
func (k *linkers) get(ctx context.Context, r *runner, p *plan, name string) error {
	if now := time.Now(); os.Chtimes(name, now, now) == nil {
		return nil
	}
	if err := os.MkdirAll(k.dir, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(k.dir, ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := k.build(ctx, r, p, work); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(work, "link"), name); err != nil {
		return err
	}
	// What builds that were killed have left goes in the same way.
	leaveNewest(k.dir, keepLinkers)
	return nil
}

// build makes work/link, in a module of its own: whose project it is for has no say.
func (k *linkers) build(ctx context.Context, r *runner, p *plan, work string) error {
	root := variable(p.Env, "GOROOT")
	more, overlay := filepath.Join(work, "more.go"), filepath.Join(work, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{
		"Replace": {filepath.Join(root, "src", "cmd", "link", "hugelink_linux.go"): more},
	})
	if err != nil {
		return err
	}
	for name, content := range map[string]string{
		more:                          strings.Replace(hugelink, "\npackage hugelink\n", "\npackage main\n", 1),
		overlay:                       string(replace),
		filepath.Join(work, "go.mod"): "module linker\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			return err
		}
	}
	there := *r
	there.dir = work
	return there.tool(ctx, command{Args: []string{
		filepath.Join(root, "bin", "go"), "build", "-overlay", overlay, "-o", "link", "cmd/link",
	}}, append(hostOnly(), "PWD="+work, "GOCACHE="+variable(p.Env, "GOCACHE"), "GOMAXPROCS=1"))
}

// hostOnly are the variables of a build for this machine, by this toolchain, whatever the
// project is built for and with.
func hostOnly() []string {
	return []string{"GOENV=off", "GOTOOLCHAIN=local", "GOWORK=off", "GO111MODULE=", "GOFLAGS=", "GOOS=", "GOARCH=", "GOEXPERIMENT=", "CGO_ENABLED=0"}
}

// quicken gives a plan that holds a linker of ours, if that makes the same executable, bit
// by bit, of what was looked at. The plan without it does as well, only slower.
func (f *fastBuild) quicken(ctx context.Context, r *runner, exe string, p *plan, l look) error {
	k := &f.linkers
	if k.dir == "" || !k.wanted || p.Linker != "" {
		return nil
	}
	name, err := k.name(p)
	if err != nil || name == k.failed {
		return err
	}
	q := *p
	q.Linker = name
	q.seal()
	err = k.get(ctx, r, p, name)
	if err == nil {
		err = f.try(ctx, r, exe, &q, l)
	}
	switch {
	case err == nil:
		f.memory.drop(p)
		f.memory.addPlan(&q)
	case ctx.Err() == nil && !errors.Is(err, errChanging):
		k.failed = name
		os.Remove(name)
	}
	return err
}

// try makes of what was looked at what is known to come of it.
func (f *fastBuild) try(ctx context.Context, r *runner, exe string, p *plan, l look) error {
	want, ok := f.memory.find(p.key(l))
	if !ok {
		return errChanging
	}
	if err := r.clear(exe); err != nil {
		return err
	}
	err := newReplay(r, p, l, f.objects()).make(ctx, exe)
	if now, again := f.match(r.env); now == nil || !l.same(again) {
		return errChanging
	}
	if err != nil {
		return err
	}
	got, err := hashFile(exe)
	if err == nil && got != want {
		err = fmt.Errorf("%s makes another program than %s", p.Linker, p.Link.Args[0])
	}
	return err
}
