//go:build real

package real

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/seed-27ba25bb/supervisor/internal/browser"
)

func TestBrowserReloads(t *testing.T) {
	for _, path := range []string{"/", "/strict", "/bare"} {
		t.Run(path, func(t *testing.T) {
			p, b := newProxied(t), newTab(t)
			b.do(chromedp.Navigate(p.url + path))
			b.see("#v1")
			for v := int32(2); v < 5; v++ {
				p.version.Store(v)
				p.Reload()
				b.see(fmt.Sprint("#v", v))
			}
			if path == "/strict" {
				b.until("document.title === 'allowed'")
			}
		})
	}
}

// A page that hears nothing of the new version learns of it once it is connected
// again.
func TestBrowserReloadsPageThatWasCutOff(t *testing.T) {
	p, b := newProxied(t), newTab(t)
	b.do(chromedp.Navigate(p.url))
	b.see("#v1")
	p.Failed(browser.Failure{Service: "web"})
	b.see("supervisor-overlay") // it listens
	p.net.cut()
	p.version.Store(2)
	p.Reload()
	b.see("#v2")
}

func TestBrowserSwapsStyles(t *testing.T) {
	p, b := newProxied(t), newTab(t)
	b.do(chromedp.Navigate(p.url))
	const color, ground = "getComputedStyle(document.querySelector('p')).color", "getComputedStyle(document.body).backgroundColor"
	b.until(color + " === 'rgb(1, 1, 1)' && " + ground + " === 'rgb(255, 255, 255)'")
	// Each frame's looks are kept: a page without its sheet for a frame would show.
	eval[bool](b, `(function look() { (window.seen ??= new Set()).add(`+color+`).add(`+ground+`); requestAnimationFrame(look) })() ?? true`)

	p.color.Store("rgb(2, 2, 2)")
	p.Styles([]string{"web/static/app.css"})
	b.until(color + " === 'rgb(2, 2, 2)'")
	p.ground.Store("rgb(3, 3, 3)") // in the imported sheet
	p.Styles([]string{"web/static/theme.css"})
	b.until(ground + " === 'rgb(3, 3, 3)'")
	p.color.Store("rgb(4, 4, 4)")
	p.Styles([]string{"web/other.css"}) // no link has this name, so all are swapped
	b.until(color + " === 'rgb(4, 4, 4)' && document.querySelectorAll('link').length === 1")

	want := "rgb(1, 1, 1),rgb(255, 255, 255),rgb(2, 2, 2),rgb(3, 3, 3),rgb(4, 4, 4)"
	if got := eval[string](b, "[...seen].join()"); got != want { // lost by a reload
		t.Errorf("the page showed %s, want %s", got, want)
	}
	if got := eval[string](b, ground); got != "rgb(3, 3, 3)" {
		t.Errorf("the imported sheet is old again: %s", got)
	}
}

func TestBrowserShowsFailures(t *testing.T) {
	p, b := newProxied(t), newTab(t)
	for _, path := range []string{"/", "/strict"} {
		b.do(chromedp.Navigate(p.url + path))
		p.Failed(browser.Failure{
			Service: "web",
			Title:   "build failed",
			Problems: []browser.Problem{
				{File: "cmd/web/main.go", Line: 12, Column: 5, Message: "undefined: <img src=x onerror=\"document.title='run'\">"},
				{File: "internal/store/store.go", Line: 140, Message: "cannot use id (variable of type int) as string value in argument to s.find:\n\thave (int)\n\twant (string)"},
			},
			Note: "version 7 still serves",
		})
		b.see("supervisor-overlay")
		const shown = "document.querySelector('supervisor-overlay').shadowRoot"
		text := eval[string](b, shown+".querySelector('main').innerText")
		for _, want := range []string{"web: build failed", "cmd/web/main.go:12:5\n", "undefined: <img src=x", "internal/store/store.go:140\n", "\twant (string)", "version 7 still serves"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in %q", want, text)
			}
		}
		if n := eval[int](b, shown+".querySelectorAll('img').length"); n != 0 {
			t.Error("what the compiler printed became markup")
		}
		covers := `(() => { const r = document.querySelector('supervisor-overlay').getBoundingClientRect(); return r.width >= innerWidth && r.height >= innerHeight })()`
		if !eval[bool](b, covers) {
			t.Error("the overlay does not cover the page")
		}
		if path == "/" {
			b.picture("overlay.png")
		}
		p.Failed(browser.Failure{Service: "web", Title: "build failed", Text: "make: *** [web] Error 1"})
		b.until(shown + "?.textContent.includes('Error 1') && !" + shown + ".querySelector('li')")
		p.Mended("web")
		b.until("!document.querySelector('supervisor-overlay')")
		b.see("#v1")
	}
}

func TestBrowserFailureCanBeHidden(t *testing.T) {
	p, b := newProxied(t), newTab(t)
	b.do(chromedp.Navigate(p.url))
	p.Failed(browser.Failure{Service: "web", Title: "build failed"})
	b.see("supervisor-overlay")
	b.do(chromedp.KeyEvent("\x1b"))
	b.until("!document.querySelector('supervisor-overlay')")
	p.Failed(browser.Failure{Service: "web", Title: "build failed"})
	b.see("supervisor-overlay")
}

// The first build fails: there is a page all the same, and it becomes the app's.
func TestBrowserWaitsForTheFirstVersion(t *testing.T) {
	p, b := newProxied(t), newTab(t)
	p.serves.Store(false)
	p.Failed(browser.Failure{Service: "web", Title: "build failed", Problems: []browser.Problem{{File: "main.go", Line: 1, Message: "expected 'package'"}}})
	b.do(chromedp.Navigate(p.url))
	b.see("supervisor-overlay")
	b.picture("down.png")
	p.serves.Store(true)
	p.Mended("web")
	p.Reload()
	b.see("#v1")
}

func TestBrowserTalksToTheApp(t *testing.T) {
	p, b := newProxied(t), newTab(t)
	b.do(chromedp.Navigate(p.url))

	got := eval[string](b, `new Promise((done, fail) => {
		const s = new WebSocket('/echo');
		s.onopen = () => s.send('over and back');
		s.onmessage = (e) => { done(e.data); s.close() };
		s.onerror = fail;
	})`)
	if got != "over and back" {
		t.Errorf("the websocket brought %q", got)
	}

	got = eval[string](b, `new Promise((done, fail) => {
		const all = [], s = new EventSource('/events');
		s.onmessage = (e) => {
			all.push(e.data);
			if (all.length < 5) return fetch('/ack?' + e.data);
			s.close();
			done(all.join());
		};
		s.onerror = fail;
	})`)
	if got != "0,1,2,3,4" {
		t.Errorf("the events were %q", got)
	}

	got = eval[string](b, `fetch('/sum', { method: 'POST', body: new Blob([new Uint8Array(50 << 20).fill(7)]) }).then((r) => r.text())`)
	if want := fmt.Sprintf("%d %x", 50<<20, sha256.Sum256([]byte(strings.Repeat("\a", 50<<20)))); got != want {
		t.Errorf("the upload arrived as %s, want %s", got, want)
	}

	size := eval[int](b, `(async () => {
		let size = 0, acked = 0;
		const body = (await fetch('/slow')).body.getReader();
		for (let r = await body.read(); !r.done; r = await body.read()) {
			size += r.value.length;
			if (size >= acked + (1 << 20) && size < 5 << 20) { acked += 1 << 20; await fetch('/ack?' + acked) }
		}
		return size;
	})()`)
	if size != 5<<20 {
		t.Errorf("the download brought %d bytes", size)
	}
}
