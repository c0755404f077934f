package dev

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/assets"
	"github.com/seed-27ba25bb/supervisor/internal/browser"
	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

// bundles are the assets of all services.
type bundles struct {
	side    *Side
	running map[string]bundle
}

type bundle struct {
	dir    string
	assets config.Assets
	end    func()
}

func (b *bundles) update(ctx context.Context, conf *config.Config) {
	if b.running == nil {
		b.running = map[string]bundle{}
	}
	wanted := map[string]config.Service{}
	for _, c := range conf.Services {
		if len(c.Assets.Entry) > 0 {
			wanted[c.Name] = c
		}
	}
	for name, r := range b.running {
		if c := wanted[name]; c.Dir != r.dir || !reflect.DeepEqual(c.Assets, r.assets) {
			delete(b.running, name)
			r.end()
		}
	}
	for name, c := range wanted {
		if _, runs := b.running[name]; !runs {
			b.running[name] = b.begin(ctx, c)
		}
	}
}

func (b *bundles) close() {
	for _, r := range b.running {
		r.end()
	}
	b.running = nil
}

// begin returns when the bundles have been made once, well or not: a build of the
// service may embed them.
func (b *bundles) begin(ctx context.Context, c config.Service) bundle {
	ctx, cancel := context.WithCancel(ctx)
	m := &bundler{side: b.side, c: c}
	done := make(chan struct{})
	m.start(ctx)
	go func() { defer close(done); m.run(ctx) }()
	return bundle{c.Dir, c.Assets, func() { cancel(); <-done }}
}

// bundler bundles for one service.
type bundler struct {
	side    *Side
	c       config.Service
	builder *assets.Builder
	watcher *watch.Watcher
	failed  bool
}

func (m *bundler) start(ctx context.Context) {
	var err error
	m.builder, err = assets.New(assets.Options{
		Dir: m.c.Dir, Entry: m.c.Assets.Entry, OutputDir: m.c.Assets.OutputDir,
		Minify: m.c.Assets.Minify, Sourcemap: m.c.Assets.Sourcemap,
	})
	if err != nil {
		m.side.o.Notice(m.c.Name, err.Error())
		return
	}
	began := time.Now()
	if m.watcher, err = watch.Start(m.files(m.build(ctx), began)); err != nil {
		m.side.o.Notice(m.c.Name, "cannot watch the assets: "+err.Error())
	}
}

func (m *bundler) run(ctx context.Context) {
	if m.builder == nil {
		return
	}
	defer m.builder.Close()
	if m.watcher == nil {
		return
	}
	defer m.watcher.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case err := <-m.watcher.Notices():
			m.side.o.Notice(m.c.Name, err.Error())
		case <-m.watcher.Batches():
			began := time.Now()
			if err := m.watcher.Update(m.files(m.build(ctx), began)); err != nil {
				m.side.o.Notice(m.c.Name, "cannot watch all of the assets: "+err.Error())
			}
		}
	}
}

// build bundles once, tells the pages, and returns the files that it read.
func (m *bundler) build(ctx context.Context) (inputs []string) {
	result, err := m.builder.Build(ctx)
	if ctx.Err() != nil {
		return result.Inputs
	}
	for _, w := range result.Warnings {
		m.side.o.Notice(m.c.Name, w.String())
	}
	var bad *assets.Error
	switch {
	case errors.As(err, &bad):
		m.failed = true
		m.fail(bad)
	case err != nil:
		m.side.o.Notice(m.c.Name, err.Error())
	case m.failed:
		m.failed = false
		m.side.pages.mended(m.title())
		fallthrough
	default:
		m.side.pages.changed(result.Changed)
	}
	return result.Inputs
}

func (m *bundler) fail(bad *assets.Error) {
	f := browser.Failure{Service: m.title(), Title: "the assets cannot be bundled"}
	for _, p := range bad.Problems {
		m.side.o.Notice(m.c.Name, p.String())
		f.Problems = append(f.Problems, browser.Problem(p))
	}
	m.side.pages.failed(f)
}

// title keeps failures of the assets apart from those of the service.
func (m *bundler) title() string { return m.c.Name + " assets" }

// files are what was read, and what the entries may match one day. What has changed
// since the build began counts: it may have read what was there before.
func (m *bundler) files(inputs []string, began time.Time) watch.Options {
	o := watch.Options{Dir: m.c.Dir, Files: inputs, Poll: pollOf(m.c), Since: began}
	for _, e := range m.c.Assets.Entry {
		if dir := filepath.Dir(e); filepath.Base(e) != e {
			o.Dirs = append(o.Dirs, dir)
		}
	}
	return o
}
