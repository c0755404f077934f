package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ndjson is one JSON object a line.
const ndjson = "application/x-ndjson"

// stream writes events to one client. It waits for the client as long as that likes:
// what comes meanwhile stands in a queue that has an end.
type stream struct {
	w     http.ResponseWriter
	out   *http.ResponseController
	lines *json.Encoder
}

func newStream(w http.ResponseWriter) *stream {
	waitLong(w)
	w.Header().Set("Content-Type", ndjson)
	w.WriteHeader(http.StatusOK)
	s := &stream{w, http.NewResponseController(w), json.NewEncoder(w)}
	s.lines.SetEscapeHTML(false)
	s.out.Flush() // so that a client knows that nothing escapes it from now on
	return s
}

// drain writes what there is.
func (s *stream) drain(from *Follower) error {
	for {
		e, ok := from.Take()
		if !ok {
			return s.out.Flush()
		}
		if err := s.lines.Encode(e); err != nil {
			return err
		}
	}
}

// until writes what comes, until ctx ends and nothing is left; then last.
func (s *stream) until(ctx context.Context, from *Follower, last func() Event) error {
	for {
		if err := s.drain(from); err != nil {
			return err
		}
		select {
		case <-from.wake:
			continue
		case <-ctx.Done():
		}
		if err := s.drain(from); err != nil {
			return err
		}
		return s.last(last())
	}
}

func (s *stream) last(e Event) error {
	if err := s.lines.Encode(e); err != nil {
		return err
	}
	return s.out.Flush()
}

// events follows what happens.
func (h *handler) events(w http.ResponseWriter, r *http.Request) error {
	f, _, err := parseFollow(r.URL.RawQuery, false)
	if err != nil {
		return err
	}
	f.Reports = true
	return h.follow(w, r, f, true)
}

// logs replays what services printed last, and follows that if it is asked to.
func (h *handler) logs(w http.ResponseWriter, r *http.Request) error {
	f, follow, err := parseFollow(r.URL.RawQuery, true)
	if err != nil {
		return err
	}
	f.Output = true
	return h.follow(w, r, f, follow)
}

func (h *handler) follow(w http.ResponseWriter, r *http.Request, f Filter, on bool) error {
	from, err := h.sup.Follow(r.Context(), f)
	if err != nil {
		return err
	}
	defer from.Close()
	s := newStream(w)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(h.leaving, cancel)()
	if !on {
		cancel()
	}
	s.until(ctx, from, h.farewell) // a client that is gone is nobody's problem
	return nil
}

// farewell is the last event of a stream.
func (h *handler) farewell() Event {
	switch {
	case h.leaving.Err() == nil:
		return Event{Event: EventEnd}
	case h.left():
		return Event{Event: EventSucceeded, Message: "another supervisor has taken over"}
	}
	return Event{Event: EventEnd, Message: "the supervisor ends"}
}

// reloadStream does a reload, and tells what happens on the way.
func (h *handler) reloadStream(w http.ResponseWriter, r *http.Request, services []string) error {
	from, err := h.sup.Follow(r.Context(), Filter{Reports: true})
	if err != nil {
		// That too many look on already must keep nobody from reloading.
		return h.reloadQuietly(w, services)
	}
	defer from.Close()
	// The config that is about to be read may name services that are not there yet.
	from.only(services)
	s := newStream(w)
	var last Event
	ctx, done := context.WithCancel(context.Background())
	// It goes on if the client leaves.
	go func() {
		defer done()
		results, err := h.sup.Reload(h.serving, services)
		last = Event{Event: EventVerdicts, Results: results}
		if err != nil {
			f := h.explain(err)
			last = Event{Event: EventRefused, Message: f.Text, Refusal: f}
		}
	}()
	s.until(ctx, from, func() Event { return last })
	<-ctx.Done()
	return nil
}

// streams reports whether a client asked for a stream of events.
func streams(r *http.Request) bool {
	return slices.ContainsFunc(r.Header.Values("Accept"), func(v string) bool { return strings.Contains(v, ndjson) })
}

// parseFollow reads a query: service=NAME, as often as there are services that are
// meant, and follow=true where that is a choice.
func parseFollow(raw string, choice bool) (f Filter, follow bool, err error) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return f, false, badQuery(err)
	}
	for key, values := range q {
		switch {
		case key == "service" && !slices.Contains(values, ""):
			f.Services = values
		case key == "service":
			return f, false, badQuery(fmt.Errorf("the name of a service is empty"))
		case key == "follow" && choice && len(values) == 1 && (values[0] == "true" || values[0] == "false"):
			follow = values[0] == "true"
		default:
			return f, false, badQuery(fmt.Errorf("%q is unknown, or has a value that it cannot have", key))
		}
	}
	f.Replay = choice
	return f, follow, nil
}

func badQuery(err error) *failure {
	return &failure{
		Text: "cannot read the query: " + err.Error(),
		Hint: "it takes service=NAME, once for each, and for logs follow=true",
		Kind: kindBadRequest, status: http.StatusBadRequest,
	}
}
