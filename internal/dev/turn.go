package dev

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/browser"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
)

const (
	// settle is how long after a change of a file a build begins, if it is one that
	// a build reads.
	settle = 150 * time.Millisecond
	// retire is how long an old generation may take to stop accepting once it was
	// told to: then a page that is loaded comes from the new one.
	retire = 100 * time.Millisecond
)

// page is the browser's end: what a turn decides.
type page interface {
	Reload()
	Styles(paths []string)
	Failed(browser.Failure)
	Mended(service string)
}

// turn decides what pages are told, in its own goroutine.
//
//	          a file changed            settle over
//	calm ─────────────────▶ settling ───────────────▶ reload, or swap the styles
//	 ▲                         │ a build begins
//	 │                         ▼        serves          retire over, or old one gone
//	 └──────────────────── building ──────────▶ retiring ──────────▶ reload, or swap
//	   failed: say so, and what no build reads counts now
type turn struct {
	page   page
	events chan any

	files  []string // changed since the pages were told the last time
	fresh  bool     // a new version serves that the pages do not know of
	builds map[string]bool
	timer  *time.Timer
}

type (
	changedFiles struct{ paths []string }
	mended       struct{ service string }
)

func newTurn(p page) *turn {
	t := &turn{page: p, events: make(chan any, 1024), builds: map[string]bool{}, timer: time.NewTimer(time.Hour)}
	t.timer.Stop()
	return t
}

// tell never waits: it is called where nothing may. Who sends a thousand events at
// once can do without some.
func (t *turn) tell(event any) {
	select {
	case t.events <- event:
	default:
	}
}

func (t *turn) run(ctx context.Context) {
	defer t.timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-t.events:
			t.hear(e)
		case <-t.timer.C:
			t.flush()
		}
	}
}

func (t *turn) hear(event any) {
	switch e := event.(type) {
	case changedFiles:
		t.files = append(t.files, e.paths...)
		if len(t.builds) == 0 && !t.fresh {
			t.timer.Reset(settle)
		}
	case browser.Failure:
		t.page.Failed(e)
	case mended:
		t.page.Mended(e.service)
	case supervise.Report:
		t.report(e)
	}
}

func (t *turn) report(r supervise.Report) {
	switch r.Kind {
	case supervise.Building:
		t.builds[r.Service] = true
		t.timer.Stop()
	case supervise.Cancelled:
		delete(t.builds, r.Service)
		if t.fresh || len(t.files) > 0 {
			t.timer.Reset(settle) // the build that overtook it stops that
		}
	case supervise.Serving, supervise.Finished:
		delete(t.builds, r.Service)
		t.page.Mended(r.Service)
		t.fresh = true
		t.timer.Reset(retire)
	case supervise.Drained:
		if t.fresh {
			t.flush()
		}
	case supervise.Unchanged:
		delete(t.builds, r.Service)
		t.page.Mended(r.Service)
		t.flush()
	case supervise.BuildFailed, supervise.NotReady, supervise.Exited, supervise.RolledBack:
		delete(t.builds, r.Service)
		t.page.Failed(failure(r))
		t.flush()
	}
}

// flush tells the pages what has changed, unless a build is about to change more.
func (t *turn) flush() {
	if len(t.builds) > 0 {
		return
	}
	t.timer.Stop()
	switch {
	case len(t.files) > 0 && !slices.ContainsFunc(t.files, func(f string) bool { return !strings.HasSuffix(f, ".css") }):
		t.page.Styles(t.files)
	case t.fresh || slices.ContainsFunc(t.files, shown):
		t.page.Reload()
	}
	t.files, t.fresh = nil, false
}

// shown reports whether a browser shows what such a file holds. Sources of programs
// that no build reads (tests, other services) change no page.
func shown(file string) bool {
	for _, kind := range []string{
		".css", ".html", ".htm", ".tmpl", ".tpl", ".gohtml", ".js", ".mjs", ".json", ".wasm", ".map",
		".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico", ".woff", ".woff2", ".txt", ".md",
	} {
		if strings.HasSuffix(file, kind) {
			return true
		}
	}
	return false
}
