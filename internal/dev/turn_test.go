package dev

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/browser"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
)

// told is a browser that writes down what it is told.
type told struct{ words []string }

func (b *told) Reload()                  { b.words = append(b.words, "reload") }
func (b *told) Styles(p []string)        { b.words = append(b.words, "styles "+strings.Join(p, " ")) }
func (b *told) Failed(f browser.Failure) { b.words = append(b.words, f.Title+" "+f.Text) }
func (b *told) Mended(string)            { b.words = append(b.words, "mended") }

func report(kind supervise.Kind) supervise.Report {
	return supervise.Report{Service: "web", Kind: kind}
}

func TestTurn(t *testing.T) {
	files := func(names ...string) changedFiles { return changedFiles{names} }
	broken := supervise.Report{Service: "web", Kind: supervise.BuildFailed, Err: errors.New("main.go:1:1: no")}
	for _, tt := range []struct {
		name   string
		events []any // a time.Duration passes
		want   []string
	}{
		{"a style sheet that no build reads", []any{files("/a.css"), settle}, []string{"styles /a.css"}},
		{"not before it is known that no build reads it", []any{files("/a.css"), settle - 1}, nil},
		{"a page that no build reads", []any{files("/a.css", "/index.html"), settle}, []string{"reload"}},
		{"a source that no build reads", []any{files("/main_test.go"), settle}, nil},
		{"a new version", []any{files("/main.go"), report(supervise.Building), time.Minute, report(supervise.Serving), retire},
			[]string{"mended", "reload"}},
		{"as soon as the old version is gone", []any{report(supervise.Building), report(supervise.Serving), report(supervise.Drained), time.Nanosecond},
			[]string{"mended", "reload"}},
		{"a style sheet that a build embeds", []any{files("/a.css"), report(supervise.Building), time.Minute, report(supervise.Serving), retire},
			[]string{"mended", "styles /a.css"}},
		{"a style sheet and more", []any{files("/a.css"), files("/main.go"), report(supervise.Building), report(supervise.Serving), retire},
			[]string{"mended", "reload"}},
		{"a build that fails", []any{files("/main.go"), report(supervise.Building), broken, time.Minute},
			[]string{"build failed main.go:1:1: no"}},
		{"a build that fails, and a style sheet", []any{files("/a.css"), report(supervise.Building), broken, time.Minute},
			[]string{"build failed main.go:1:1: no", "styles /a.css"}},
		{"a build that changes nothing", []any{files("/main.go"), report(supervise.Building), report(supervise.Unchanged), time.Minute},
			[]string{"mended"}},
		{"the assets", []any{browser.Failure{Title: "assets"}, mended{"web assets"}, time.Nanosecond}, []string{"assets ", "mended"}},
		{"a build of a service that has done its work", []any{
			supervise.Report{Service: "job", Kind: supervise.Building}, supervise.Report{Service: "job", Kind: supervise.Finished}, retire,
			files("/index.html"), settle,
		}, []string{"mended", "reload", "reload"}},
		{"a build that nobody waits for any more", []any{files("/index.html"), report(supervise.Building), report(supervise.Cancelled), settle},
			[]string{"reload"}},
		{"a build that another one overtakes", []any{
			files("/index.html"), report(supervise.Building), report(supervise.Cancelled), report(supervise.Building), time.Minute,
		}, nil},
		{"a build of another service goes on", []any{
			supervise.Report{Service: "api", Kind: supervise.Building},
			report(supervise.Building), report(supervise.Serving), time.Minute,
			supervise.Report{Service: "api", Kind: supervise.Serving}, retire,
		}, []string{"mended", "mended", "reload"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &told{}
				turn := newTurn(b)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go turn.run(ctx)
				for _, e := range tt.events {
					if d, passes := e.(time.Duration); passes {
						time.Sleep(d)
					} else {
						turn.tell(e)
					}
					synctest.Wait()
				}
				if !slices.Equal(b.words, tt.want) {
					t.Errorf("the pages heard %q, want %q", b.words, tt.want)
				}
			})
		})
	}
}
