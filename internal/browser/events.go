package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// writeTimeout is how long a page may leave its events unread before its
// connection is given up. The browser connects again.
const writeTimeout = 10 * time.Second

// events sends a page what concerns it, as server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html):
//
//	reload    the place that a page loaded now would have, as a string
//	styles    paths of changed style sheets, a list
//	failures  all of them, a list; sent at once, and when they change
//
// The id of each is the place that the page has reached with it. A page says
// where it is with the parameter at or, where the browser connects again by
// itself, with Last-Event-ID. Nothing is sent while nothing happens: that a page
// is gone TCP's keep-alive tells.
func (p *Proxy) events(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	f := follower{run: p.run, turns: -1}
	if at, ok := parsePlace(r.Header.Get("Last-Event-ID")); ok {
		f.at = at
	} else if at, ok = parsePlace(r.URL.Query().Get("at")); ok {
		f.at = at
	} else {
		f.at = p.place(p.state.Load())
	}
	control := http.NewResponseController(w)
	for {
		s := p.state.Load()
		if s.stopped {
			return
		}
		control.SetWriteDeadline(time.Now().Add(writeTimeout)) // not there in a test's recorder
		if _, err := w.Write(f.follow(s, p.place(s))); err != nil || control.Flush() != nil {
			return
		}
		select {
		case <-s.next:
		case <-r.Context().Done():
			return
		}
	}
}

// follower knows what a page has been sent.
type follower struct {
	run   string
	at    place
	turns int // of the failures sent; -1 for none
}

// follow returns the events that bring the page to a state.
func (f *follower) follow(s *state, now place) []byte {
	var out []byte
	if f.turns < 0 {
		out = append(out, "retry: 1000\n\n"...) // milliseconds
	}
	if f.at.run != now.run || f.at.version != now.version {
		out = appendEvent(out, "reload", now, now.String())
	} else if paths := s.stylesSince(f.at.edits); len(paths) > 0 {
		out = appendEvent(out, "styles", now, paths)
	}
	f.at = now
	if f.turns != s.turns {
		f.turns = s.turns
		out = appendEvent(out, "failures", now, append([]Failure{}, s.failures...))
	}
	return out
}

// appendEvent relies on JSON having no line breaks.
func appendEvent(out []byte, name string, at place, data any) []byte {
	text, err := json.Marshal(data)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return fmt.Appendf(out, "event: %s\nid: %s\ndata: %s\n\n", name, at, text)
}
