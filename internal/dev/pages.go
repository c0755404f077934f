package dev

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/seed-27ba25bb/supervisor/internal/browser"
	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

// pages is the proxy, what it listens on, and the goroutine that decides what pages
// are told.
type pages struct {
	side    *Side
	address listener.Address
	target  atomic.Pointer[string] // where the service answers; nil: nothing serves yet
	app     atomic.Pointer[string] // where the config says that it does
	turn    atomic.Pointer[turn]   // nil: there is no proxy
	end     func()
	watches []func() // end the watchers of files that pages are made of
}

func (p *pages) update(ctx context.Context, conf *config.Config) error {
	p.app.Store(&conf.Dev.App)
	if conf.Dev.Browser != p.address {
		var l net.Listener
		if conf.Dev.Browser.Network != "" {
			var err error
			if l, err = p.side.o.Listen(ctx, conf.Dev.Browser); err != nil {
				return fmt.Errorf("cannot serve browsers: %w", err)
			}
		}
		p.close()
		p.address = conf.Dev.Browser
		if l != nil {
			p.serve(ctx, l)
		}
	}
	p.watch(ctx, conf)
	return nil
}

func (p *pages) close() {
	p.unwatch()
	if p.end != nil {
		p.end()
	}
	p.turn.Store(nil)
	p.end, p.address = nil, listener.Address{}
}

// serve runs the proxy until the end function is called.
func (p *pages) serve(ctx context.Context, l net.Listener) {
	ctx, cancel := context.WithCancel(ctx)
	proxy := browser.New(browser.Options{Target: p.where})
	t := newTurn(proxy)
	served, turned := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(served)
		if err := proxy.Serve(ctx, l); err != nil {
			p.side.o.Notice("", "the proxy for browsers ended: "+err.Error())
		}
	}()
	go func() { defer close(turned); t.run(ctx) }()
	p.turn.Store(t)
	p.end = func() { cancel(); <-served; <-turned }
	p.side.o.Notice("", "pages that reload themselves: http://"+link(l.Addr().String()))
}

// link is an address that a browser on this machine can open.
func link(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("localhost", port)
	}
	return address
}

// where is the address for a request.
func (p *pages) where() string {
	at := p.target.Load()
	switch app := p.app.Load(); {
	case at == nil:
		return ""
	case app != nil && *app != "":
		return *app
	}
	return *at
}

// watch follows the files from which services make pages. Those that a build reads
// are among them: then the page waits for the version that has them.
func (p *pages) watch(ctx context.Context, conf *config.Config) {
	p.unwatch()
	t := p.turn.Load()
	if t == nil {
		return
	}
	for _, c := range conf.Services {
		ctx, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); p.follow(ctx, c, t) }()
		p.watches = append(p.watches, func() { cancel(); <-done })
	}
}

func (p *pages) unwatch() {
	for _, end := range p.watches {
		end()
	}
	p.watches = nil
}

func (p *pages) follow(ctx context.Context, c config.Service, t *turn) {
	o := watch.Options{Dir: c.Dir, Exclude: c.Watch.Exclude[:len(c.Watch.Exclude):len(c.Watch.Exclude)], Poll: pollOf(c)}
	if c.Build.Output != "" {
		o.Exclude = append(o.Exclude, filepath.ToSlash(filepath.Clean(c.Build.Output)))
	}
	if len(c.Assets.Entry) > 0 {
		o.Exclude = append(o.Exclude, filepath.ToSlash(filepath.Clean(c.Assets.OutputDir))+"/")
	}
	w, err := watch.Start(o)
	if err != nil {
		p.side.o.Notice(c.Name, "cannot watch the files of its pages: "+err.Error())
		return
	}
	defer w.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.Notices():
			// The watcher of the service has said the same.
		case b := <-w.Batches():
			t.tell(changedFiles{paths(b)})
		}
	}
}

func paths(b watch.Batch) (all []string) {
	for _, c := range b.Changes {
		all = append(all, c.Path)
	}
	return all
}

func (p *pages) changed(files []string) {
	if len(files) > 0 {
		p.tell(changedFiles{files})
	}
}

func (p *pages) failed(f browser.Failure) { p.tell(f) }

func (p *pages) mended(service string) { p.tell(mended{service}) }

func (p *pages) tell(event any) {
	if t := p.turn.Load(); t != nil {
		t.tell(event)
	}
}

// heard learns where the service is from the moment that it serves.
func (p *pages) heard(ctx context.Context, r supervise.Report) {
	if r.Kind == supervise.Serving {
		at := p.side.o.Target(ctx)
		p.target.Store(&at)
	}
	p.tell(r)
}

// failure is what a page shows of a handoff that failed.
func failure(r supervise.Report) browser.Failure {
	f := browser.Failure{Service: r.Service, Title: strings.ReplaceAll(string(r.Kind), "-", " "), Text: r.Text, Note: "nothing serves yet"}
	if r.Serving > 0 {
		f.Note = fmt.Sprintf("generation %d still serves", r.Serving)
	}
	var failed *rebuild.Error
	switch {
	case errors.As(r.Err, &failed):
		for _, d := range failed.Diagnostics {
			f.Problems = append(f.Problems, browser.Problem{File: d.File, Line: d.Line, Column: d.Column, Message: d.Message})
		}
		if len(f.Problems) == 0 {
			f.Text = string(failed.Output)
		}
	case r.Err != nil:
		f.Text = r.Err.Error()
	}
	return f
}
