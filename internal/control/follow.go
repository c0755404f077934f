package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Events tells each what happens from now on, of the named services or all, until ctx
// ends, each returns an error, which it returns then, or the supervisor ends: nil. It
// goes on with a supervisor that takes over. Errors as of Status.
func (c *Client) Events(ctx context.Context, services []string, each func(Event) error) error {
	return c.follow(ctx, "events", url.Values{"service": services}, each)
}

// Logs tells each the lines that the named services, or all, printed last, generation
// by generation, and with follow those that they print from now on, as Events does.
func (c *Client) Logs(ctx context.Context, services []string, follow bool, each func(Event) error) error {
	q := url.Values{"service": services}
	if follow {
		q.Set("follow", "true")
	}
	return c.follow(ctx, "logs", q, each)
}

// ReloadTelling is Reload that tells each what happens on the way. A supervisor that is
// older than this program tells nothing.
func (c *Client) ReloadTelling(ctx context.Context, services []string, each func(Event)) (results []Result, err error) {
	for {
		var refusal error
		last, err := c.read(ctx, "reload", reloadRequest{services}, nil, func(e Event) error {
			switch e.Event {
			case EventVerdicts:
				results = e.Results
			case EventRefused:
				refusal = errRefusedOf(e)
			default:
				each(e)
			}
			return nil
		})
		if err == nil && last != EventVerdicts && refusal == nil {
			err = c.unreached(ctx, "reload", io.ErrUnexpectedEOF)
		}
		err = errors.Join(err, refusal)
		if errors.As(err, new(*SucceededError)) && ctx.Err() == nil {
			continue
		}
		return results, err
	}
}

func errRefusedOf(e Event) error {
	if e.Refusal == nil {
		return &RemoteError{Kind: kindFailed, Text: e.Message}
	}
	return e.Refusal.asError()
}

func (c *Client) follow(ctx context.Context, verb string, q url.Values, each func(Event) error) error {
	for {
		last, err := c.read(ctx, verb, nil, q, func(e Event) error {
			if e.Event == EventEnd || e.Event == EventSucceeded {
				return nil
			}
			return each(e)
		})
		switch {
		case err != nil && errors.As(err, new(*SucceededError)) && ctx.Err() == nil:
		case err != nil || last == EventEnd:
			return err
		case last != EventSucceeded:
			return c.unreached(ctx, verb, io.ErrUnexpectedEOF)
		}
	}
}

// read calls each with the events of one stream, and returns the kind of the last.
func (c *Client) read(ctx context.Context, verb string, body any, q url.Values, each func(Event) error) (last string, err error) {
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	resp, err := c.send(ctx, method, verb, q, body, ndjson)
	if err != nil {
		return "", c.unreached(ctx, verb, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 400 {
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			return "", c.unreached(ctx, verb, err)
		}
		return "", refusal(verb, resp.Status, text)
	}
	// A supervisor that is older, or has too many followers, answers a reload with the
	// results alone.
	old := resp.Header.Get("Content-Type") != ndjson
	if kind := resp.Header.Get("Content-Type"); old && verb != "reload" {
		return "", fmt.Errorf("cannot follow %s: it answers in %q; its supervisor is older than this program", c.path, kind)
	}
	for lines := json.NewDecoder(resp.Body); ; {
		var e Event
		switch err := lines.Decode(&e); {
		case err == io.EOF:
			return last, nil
		case err != nil:
			return last, c.unreached(ctx, verb, err)
		}
		if old {
			e.Event = EventVerdicts
		}
		last = e.Event
		if err := each(e); err != nil {
			return last, err
		}
	}
}
