//go:build linux || darwin || freebsd

package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// hear follows in the background, until the stream ends.
func hear(t *testing.T, do func(func(Event) error) error) (heard <-chan Event, ended <-chan error) {
	t.Helper()
	events, end := make(chan Event, 4096), make(chan error, 1)
	go func() { end <- do(func(e Event) error { events <- e; return nil }) }()
	return events, end
}

// connected waits until n clients follow.
func connected(t *testing.T, f *Feed, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for ctx.Err() == nil {
		f.mu.Lock()
		have := len(f.followers)
		f.mu.Unlock()
		if have == n {
			return
		}
	}
	t.Fatalf("never %d clients", n)
}

func TestEvents(t *testing.T) {
	var feed Feed
	path := filepath.Join(shortDir(t), "c.sock")
	end := serve(t, listen(t, path), fake{feed: &feed})
	heard, ended := hear(t, func(each func(Event) error) error { return NewClient(path).Events(t.Context(), nil, each) })
	connected(t, &feed, 1)
	want := Event{Event: "ready", Service: "web", Generation: 7, Message: "ready <now>", Problems: []Problem{{File: "a.go", Line: 1, Message: "no"}}}
	feed.Publish(want)
	if got := within(t, heard); got.Message != want.Message || got.Generation != 7 || !slices.Equal(got.Problems, want.Problems) {
		t.Errorf("got %+v", got)
	}
	end() // also what it was told last arrives
	if err := within(t, ended); err != nil {
		t.Errorf("at the end: %v", err)
	}
	connected(t, &feed, 0)
}

func TestLogsEndUnlessFollowed(t *testing.T) {
	var feed Feed
	c, _ := start(t, fake{feed: &feed})
	feed.Publish(said("web", 1, "one"))
	feed.Publish(Event{Event: "ready", Service: "web", Generation: 1})
	heard, ended := hear(t, func(each func(Event) error) error { return c.Logs(t.Context(), []string{"web"}, false, each) })
	if err := within(t, ended); err != nil || len(heard) != 1 {
		t.Errorf("%d events, %v", len(heard), err)
	}
	heard, _ = hear(t, func(each func(Event) error) error { return c.Logs(t.Context(), nil, true, each) })
	within(t, heard)
	feed.Publish(said("web", 2, "two"))
	if e := within(t, heard); e.Message != "two" || e.Generation != 2 {
		t.Errorf("got %+v", e)
	}
}

// A client that never reads holds nobody up, and a vanished one is forgotten.
func TestClientThatNeverReads(t *testing.T) {
	var feed Feed
	path := filepath.Join(shortDir(t), "c.sock")
	end := serve(t, listen(t, path), fake{feed: &feed, status: itIs(7).status})
	conn := dial(t, path)
	io.WriteString(conn, request("GET", "/v1/events", ""))
	connected(t, &feed, 1)
	for range 1000 {
		feed.Publish(Event{Event: "notice", Message: strings.Repeat("x", 4000)})
	}
	if st, err := NewClient(path).Status(t.Context()); err != nil || st.PID != 7 {
		t.Errorf("meanwhile another gets %+v, %v", st, err)
	}
	vanished := dial(t, path)
	io.WriteString(vanished, request("GET", "/v1/logs?follow=true", ""))
	connected(t, &feed, 2)
	vanished.Close()
	connected(t, &feed, 1)
	// It does not hold up the end either, and has missed what it did not read.
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, missed := 0, 0
	for d := json.NewDecoder(resp.Body); got+missed < 1000; {
		var e Event
		if err := d.Decode(&e); err != nil {
			t.Fatal(err)
		}
		missed += e.Missed
		if e.Event == "notice" {
			got++
		}
	}
	if got == 0 || missed == 0 {
		t.Errorf("it got %d and missed %d", got, missed)
	}
	stuck := dial(t, path)
	io.WriteString(stuck, request("GET", "/v1/events", ""))
	connected(t, &feed, 2)
	for range 1000 {
		feed.Publish(Event{Event: "notice", Message: strings.Repeat("x", 4000)})
	}
	end()
}

func TestReloadTells(t *testing.T) {
	var feed Feed
	c, path := start(t, fake{feed: &feed, reload: func(_ context.Context, names []string) ([]Result, error) {
		feed.Publish(Event{Event: "building", Service: "web", Generation: 2})
		feed.Publish(Event{Event: "building", Service: "api", Generation: 5})
		feed.Publish(said("web", 0, "compiling"))
		feed.Publish(said("web", 1, "not of the build"))
		return []Result{promoted("web")}, nil
	}})
	var told []string
	results, err := c.ReloadTelling(t.Context(), []string{"web"}, func(e Event) { told = append(told, e.Event+" "+e.Service+" "+e.Message) })
	if err != nil || len(results) != 1 || results[0] != promoted("web") {
		t.Errorf("got %+v, %v", results, err)
	}
	if want := []string{"building web ", "output web compiling"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	// By hand.
	conn := dial(t, path)
	io.WriteString(conn, "POST /v1/reload HTTP/1.1\r\nHost: x\r\nAccept: application/x-ndjson\r\nContent-Length: 0\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.Header.Get("Content-Type") != ndjson {
		t.Fatal(err, resp.Header)
	}
	body, _ := io.ReadAll(resp.Body)
	lines := strings.Split(strings.TrimSpace(string(body)), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[3], `{"event":"verdicts","results":[{"service":"web"`) {
		t.Errorf("got %q", lines)
	}
}

func TestReloadTellsOfRefusals(t *testing.T) {
	var feed Feed
	c, path := start(t, fake{feed: &feed, reload: func(context.Context, []string) ([]Result, error) {
		return nil, &ConfigError{errors.New("line 3: no")}
	}})
	_, err := c.ReloadTelling(t.Context(), nil, func(Event) {})
	if refused, ok := errors.AsType[*ConfigError](err); !ok || refused.Error() != "line 3: no" {
		t.Errorf("got %v", err)
	}
	if _, f := raw(t, path, "POST /v1/reload HTTP/1.1\r\nHost: x\r\nAccept: application/x-ndjson\r\nContent-Length: 1\r\n\r\n{"); f.Kind != kindBadRequest {
		t.Errorf("got %+v", f)
	}
}

// A supervisor from before there were streams answers all the same.
func TestReloadOfAnOldSupervisor(t *testing.T) {
	path := filepath.Join(shortDir(t), "c.sock")
	l := listen(t, path)
	go http.Serve(l.listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, reloadAnswer{[]Result{promoted("web")}})
	}))
	got, err := NewClient(path).ReloadTelling(t.Context(), nil, func(Event) {})
	if err != nil || len(got) != 1 || got[0] != promoted("web") {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := NewClient(path).Logs(t.Context(), nil, true, func(Event) error { return nil }); err == nil || !strings.Contains(err.Error(), "older") {
		t.Errorf("got %v", err)
	}
}

// Whoever follows a supervisor that is succeeded goes on with its successor.
func TestFollowTheSuccessor(t *testing.T) {
	var one, two Feed
	path := filepath.Join(shortDir(t), "c.sock")
	first := listen(t, path)
	serve(t, first, fake{feed: &one})
	heard, ended := hear(t, func(each func(Event) error) error { return NewClient(path).Events(t.Context(), nil, each) })
	connected(t, &one, 1)
	fd, err := first.Duplicate()
	if err != nil {
		t.Fatal(err)
	}
	second, err := Inherit(path, fd)
	if err != nil {
		t.Fatal(err)
	}
	one.Publish(Event{Event: "first"})
	first.Leave()
	end := serve(t, second, fake{feed: &two})
	connected(t, &two, 1)
	two.Publish(Event{Event: "second"})
	if a, b := within(t, heard), within(t, heard); a.Event != "first" || b.Event != "second" {
		t.Errorf("got %+v, %+v", a, b)
	}
	end()
	if err := within(t, ended); err != nil {
		t.Error(err)
	}
}

// A supervisor that is gone without a word is no end.
func TestStreamCutOff(t *testing.T) {
	path := filepath.Join(shortDir(t), "c.sock")
	l := listen(t, path)
	go func() {
		c, err := l.listener.Accept()
		if err != nil {
			return
		}
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: "+ndjson+"\r\n\r\n{\"event\":\"ready\"}\n")
		c.Close()
	}()
	if err := NewClient(path).Events(t.Context(), nil, func(Event) error { return nil }); !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("got %v", err)
	}
}

func TestBadQueries(t *testing.T) {
	_, path := start(t, fake{feed: &Feed{}})
	for _, q := range []string{"events?follow=true", "events?services=web", "events?service=", "logs?follow=yes", "logs?follow=true&follow=true", "logs?%zz", "logs?a;b"} {
		if resp, f := raw(t, path, request("GET", "/v1/"+q, "")); resp.StatusCode != 400 || f.Kind != kindBadRequest {
			t.Errorf("%s: %s %+v", q, resp.Status, f)
		}
	}
}

// Whatever is asked, the answer is JSON, with a reason if it is a refusal, and nothing
// panics.
func FuzzRequest(f *testing.F) {
	for _, path := range []string{"status", "reload", "stop", "upgrade", "events", "logs", "../v1/status", ""} {
		f.Add("GET", "/v1/"+path, "service=web&follow=false", "", "")
		f.Add("POST", "/v1/"+path, "", `{"services":["web"]}`, ndjson)
	}
	f.Add("GET", "/v1/logs", "%zz;&&service", "{", "*/*")
	f.Fuzz(func(t *testing.T, method, path, query, body, accept string) {
		var feed Feed
		feed.Publish(said("web", 1, "line"))
		gone, leave := context.WithCancel(t.Context())
		leave() // a stream ends with what there is
		var once sync.Once
		h := &handler{serving: t.Context(), leaving: gone, left: func() bool { return false }, sup: fake{
			feed: &feed, status: itIs(7).status, stop: func(context.Context) error { return nil },
			reload: func(context.Context, []string) ([]Result, error) {
				once.Do(func() { feed.Publish(Event{Event: "building"}) })
				return []Result{promoted("web")}, nil
			},
			upgrade: func(context.Context) (Upgraded, error) { return Upgraded{}, &UpgradeError{Text: "no"} },
		}}
		r := &http.Request{
			Method: method, URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{"Accept": {accept}},
			Body: io.NopCloser(strings.NewReader(body)),
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(t.Context()))
		lines := strings.Split(strings.TrimSuffix(w.Body.String(), "\n"), "\n")
		for _, l := range lines {
			var e struct{ Error, Kind, Event string }
			if err := json.Unmarshal([]byte(l), &e); err != nil {
				t.Fatalf("%q is no JSON: %v", l, err)
			}
			if w.Code >= 400 && (e.Error == "" || e.Kind == "") {
				t.Errorf("%d without a reason: %s", w.Code, l)
			}
			if w.Header().Get("Content-Type") == ndjson && e.Event == "" {
				t.Errorf("no event: %s", l)
			}
		}
	})
}

// That many look on keeps nobody from reloading.
func TestReloadBesideManyFollowers(t *testing.T) {
	var feed Feed
	c, _ := start(t, fake{feed: &feed, reload: func(context.Context, []string) ([]Result, error) {
		return []Result{promoted("web")}, nil
	}})
	for range maxFollowers {
		follow(t, &feed, Filter{Reports: true})
	}
	results, err := c.ReloadTelling(t.Context(), []string{"web"}, func(e Event) { t.Errorf("told of %+v", e) })
	if err != nil || len(results) != 1 || results[0].Generation != 2 {
		t.Errorf("got %+v, %v", results, err)
	}
}
