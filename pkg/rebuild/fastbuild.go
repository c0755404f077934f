package rebuild

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// fastBuild is a build by the go command that does without it where it can:
//
//	                    made before ──▶ the kept artifact
//	a plan holds? ─ yes ┤
//	      │             other contents ──▶ compile, link ──▶ sources still the same? ─ yes ─▶ done
//	      no                                  fails │               no │ (twice: again)
//	      └──────────────▶ go build ◀───────────────┴──────────────────┘
//
// Whatever goes wrong on the way, go build does it again and says so in its own
// words.
type fastBuild struct {
	goBuild
	dir    string
	store  store
	memory *memory

	linkers linkers

	key   string // of what the last build made; "" if go build made it
	plain string // the hash of the last artifact of go build, until the plan for it is made
}

// attempts is how often a build begins again because the sources changed.
const attempts = 3

func (f *fastBuild) objects() objects { return objects(filepath.Join(f.memory.dir, "objects")) }

// match finds a plan that holds, and what there is to build.
func (f *fastBuild) match(env []string) (*plan, look) {
	goCmd, err := goCommand(env)
	if err != nil {
		return nil, look{}
	}
	asked := f.asked(env)
	for _, p := range f.memory.newestPlans() {
		if l, ok := p.holds(asked, goCmd.Path); ok {
			return p, l
		}
	}
	return nil, look{}
}

// asked is a hash of what the plan is for, apart from the sources.
func (f *fastBuild) asked(env []string) string {
	return digest(fmt.Appendf(nil, "1 %q %q %q %v %s", f.dir, f.pkg, f.flags, f.debug, environDigest(env)))
}

func (f *fastBuild) build(ctx context.Context, r *runner, exe string) (kept string, err error) {
	f.key, f.plain = "", ""
	p, l := f.match(r.env)
	for n := 0; p != nil && n < attempts; n++ {
		key := p.key(l)
		if hash, ok := f.memory.find(key); ok && f.store.holds(hash) {
			f.key = key
			return hash, nil
		}
		y := newReplay(r, p, l, f.objects())
		y.linker = f.linkers.usable(p)
		if err = y.make(ctx, exe); err == nil && y.fell != nil {
			f.linkers.fell(p)
		}
		q, again := f.match(r.env)
		if same := q != nil && q.ID == p.ID && l.same(again); same && err == nil {
			y.publish()
			f.key = key
			return "", nil
		} else if same || ctx.Err() != nil {
			break
		}
		p, l, err = q, again, nil
		if err := r.clear(exe); err != nil {
			return "", err
		}
	}
	return "", f.plainBuild(ctx, r, exe, p, err)
}

// plainBuild is by the go command. A plan that failed where the go command does
// not is wrong.
func (f *fastBuild) plainBuild(ctx context.Context, r *runner, exe string, p *plan, failed error) error {
	if ctx.Err() != nil {
		return &Error{Step: StepGo, Command: f.command(), Exit: -1, Timeout: errors.As(ended(ctx), new(tooLong)), Err: ended(ctx)}
	}
	if err := r.clear(exe); err != nil {
		return err
	}
	s, err := goSettings(ctx, r.dir, r.env)
	if err != nil {
		s = nil // go build will say why
	}
	if err := f.run(ctx, r, exe, fastFlags(f.flags, s.goflags(), f.debug)); err != nil {
		return err
	}
	if p != nil && failed != nil {
		f.memory.drop(p)
	}
	return nil
}

// done is told what the build made.
func (f *fastBuild) done(a Artifact) {
	if f.key != "" {
		f.memory.add(f.key, a.Hash)
	} else {
		f.plain = a.Hash
	}
}

// prepare makes the plan for the next build, unless there is one. It believes in
// the plan only if it makes the same executable, bit by bit, as go build did.
func (f *fastBuild) prepare(ctx context.Context, r *runner, exe string) error {
	if p, _ := f.match(r.env); p != nil {
		return nil
	}
	if f.plain == "" {
		return errors.New("there was no build to compare with")
	}
	n := planner{asked: f.asked(r.env), dir: r.dir, pkg: f.pkg, env: r.env, flags: f.flags, debug: f.debug}
	p, l, err := n.plan(ctx, r)
	if err != nil {
		return err
	}
	if err := newReplay(r, p, l, f.objects()).make(ctx, exe); err != nil {
		return err
	}
	hash, err := hashFile(exe)
	if err != nil {
		return err
	}
	if hash != f.plain {
		return errors.New("the sources changed since the last build, or go build makes another program of them")
	}
	f.memory.addPlan(p)
	f.memory.add(p.key(l), hash)
	return nil
}
