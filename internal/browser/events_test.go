package browser

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

func TestReloadReachesPage(t *testing.T) {
	p := inFront(t, page)
	at := pagePlace(t, body(t, navigate(t, p.url)))
	l := listen(t, p, at)
	l.want("failures", "[]")
	p.Reload()
	e := l.want("reload", "")
	if e.data == fmt.Sprintf("%q", at) {
		t.Errorf("reloads to where it is: %s", e.data)
	}
	if again := pagePlace(t, body(t, navigate(t, p.url))); fmt.Sprintf("%q", again) != e.data || e.id != again {
		t.Errorf("a page loaded now is at %s, the event said %+v", again, e)
	}
}

// A page learns at once what happened while it did not listen.
func TestStalePages(t *testing.T) {
	p := serve(t, Options{})
	start := p.place(p.state.Load()).String()
	p.Styles([]string{"b.css", "dist/a.css"})
	middle := p.place(p.state.Load()).String()
	p.Styles([]string{"dist/a.css"})
	now := p.place(p.state.Load()).String()
	for at, want := range map[string]event{
		start:            {name: "styles", data: `["b.css","dist/a.css"]`},
		middle:           {name: "styles", data: `["dist/a.css"]`},
		now:              {name: "failures", data: "[]"},
		"":               {name: "failures", data: "[]"},
		"nonsense":       {name: "failures", data: "[]"},
		"other.0.0":      {name: "reload", data: `"` + now + `"`},
		p.run + ".9.0":   {name: "reload", data: `"` + now + `"`},
		p.run + ".0.x":   {name: "failures", data: "[]"},
		p.run + ".0.0.0": {name: "failures", data: "[]"},
	} {
		want.id = now
		if got := listen(t, p, at).next(); got != want {
			t.Errorf("at %q: %+v, want %+v", at, got, want)
		}
	}
	p.Reload()
	listen(t, p, now).want("reload", "")
	listen(t, p, p.place(p.state.Load()).String()).want("failures", "[]")
}

// A browser that connects again by itself says with a header where it is; the
// URL is that of the first time.
func TestLastEventID(t *testing.T) {
	p := serve(t, Options{})
	start := p.place(p.state.Load()).String()
	p.Styles([]string{"a.css"})
	now := p.place(p.state.Load()).String()
	l := follow(t, request(t, "GET", p.url+eventsPath+"?at="+start, nil, "Last-Event-ID", now))
	l.want("failures", "[]")
	p.Styles(nil)
	p.Styles([]string{"b.css"})
	l.want("styles", `["b.css"]`)
	p.Styles([]string{"a.css"})
	l.want("styles", `["a.css"]`)
}

func TestFailuresComeAndGo(t *testing.T) {
	p := serve(t, Options{})
	l := listen(t, p, "")
	l.want("failures", "[]")
	web := Failure{Service: "web", Title: "build failed", Problems: []Problem{{"main.go", 3, 7, "undefined: <x>\n\tnot found"}}, Note: "version 2 still serves"}
	const text = `{"service":"web","title":"build failed","problems":[{"file":"main.go","line":3,"column":7,"message":"undefined: \u003cx\u003e\n\tnot found"}],"text":"","note":"version 2 still serves"}`
	p.Failed(web)
	l.want("failures", "["+text+"]")
	p.Failed(Failure{Service: "api", Text: "no"})
	const other = `{"service":"api","title":"","problems":null,"text":"no","note":""}`
	l.want("failures", "["+other+","+text+"]")
	listen(t, p, "").want("failures", "["+other+","+text+"]")
	p.Mended("web")
	l.want("failures", "["+other+"]")
	p.Failed(Failure{Service: "api", Text: "yes"})
	l.want("failures", "["+strings.Replace(other, "no", "yes", 1)+"]")
	p.Mended("api")
	l.want("failures", "[]")
	p.Styles([]string{"a.css"})
	l.want("styles", "")
	p.Failed(web)
	l.want("failures", "["+text+"]") // and not twice what it was
}

// A page that reads nothing is told nothing twice and holds nobody up.
func TestSlowPage(t *testing.T) {
	p := serve(t, Options{Drain: 10 * time.Millisecond})
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", eventsPath)
	l := listen(t, p, "")
	l.want("failures", "[]")
	text := strings.Repeat("x", 1<<14)
	for i := range 1000 { // more than the buffers between them hold
		p.Failed(Failure{Service: fmt.Sprint("s", i%2), Text: text})
	}
	p.Mended("s0")
	p.Mended("s1")
	for e := l.next(); e.data != "[]"; e = l.next() {
		if e.name == "" {
			t.Fatal("the other page's events end")
		}
	}
	p.end()
	p.wait(t)
}

func FuzzParsePlace(f *testing.F) {
	f.Add("abc.1.2")
	f.Add("..")
	f.Fuzz(func(t *testing.T, text string) {
		p, ok := parsePlace(text)
		if !ok {
			return
		}
		if again, ok := parsePlace(p.String()); !ok || again != p {
			t.Errorf("%q is %v, then %v", text, p, again)
		}
	})
}
