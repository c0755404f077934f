package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// Client asks the supervisor at one control socket.
type Client struct {
	path string
	http http.Client
}

// NewClient returns a client for the socket at path. It holds no connection
// between calls and needs no closing.
func NewClient(path string) *Client {
	return &Client{path: path, http: http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return connect(ctx, path)
		},
	}}}
}

// Status tells how everything stands. It waits 10 seconds at most. Errors as of
// Reload.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var st Status
	err := c.quick(ctx, http.MethodGet, "status", &st)
	return st, err
}

// Reload asks for a new generation of the named services, of all without a name,
// and waits for every verdict, as long as ctx lets it. What was begun goes on when
// it stops waiting.
//
// Errors: *UnknownServiceError and *ConfigError, after which nothing was begun;
// ErrNoSupervisor when none answers or it went away meanwhile; *RemoteError.
func (c *Client) Reload(ctx context.Context, services []string) ([]Result, error) {
	var a reloadAnswer
	err := c.call(ctx, http.MethodPost, "reload", reloadRequest{services}, &a)
	return a.Results, err
}

// Rollback puts the artifact in service that served before, and waits for the verdict
// as long as ctx lets it. Errors: *UnknownServiceError and *NoRollbackError, after which
// nothing was begun; otherwise as of Reload.
func (c *Client) Rollback(ctx context.Context, service string) (Result, error) {
	var r Result
	err := c.call(ctx, http.MethodPost, "rollback", rollbackRequest{service}, &r)
	return r, err
}

// Stop asks the supervisor to drain everything and end. It returns when all has
// drained, as long as ctx lets it; the draining goes on when it stops waiting.
// Errors as of Reload.
func (c *Client) Stop(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "stop", nil, &struct{}{})
}

// Upgrade has the supervisor's executable, as its file is now, take over, and waits
// for that as long as ctx lets it. Errors: *UpgradeError and *ConfigError, after which
// the supervisor that was asked goes on as before; otherwise as of Reload.
func (c *Client) Upgrade(ctx context.Context) (Upgraded, error) {
	var u Upgraded
	err := c.call(ctx, http.MethodPost, "upgrade", nil, &u)
	return u, err
}

// what a verb of the API means in an error.
func what(verb string) string {
	if strings.HasPrefix(verb, "status") {
		return "get the status"
	}
	switch verb {
	case "rollback":
		return rollBack
	case "events":
		return "follow events"
	case "logs":
		return "get the logs"
	}
	return verb
}

func (c *Client) quick(ctx context.Context, method, verb string, answer any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, askTime, fmt.Errorf("no answer within %s", askTime))
	defer cancel()
	return c.call(ctx, method, verb, nil, answer)
}

// call asks again when a new supervisor has taken over meanwhile. It is at the same
// place, and the former one answers once.
func (c *Client) call(ctx context.Context, method, verb string, body, answer any) error {
	err := c.once(ctx, method, verb, body, answer)
	var succeeded *SucceededError
	for errors.As(err, &succeeded) && ctx.Err() == nil {
		err = c.once(ctx, method, verb, body, answer)
	}
	return err
}

func (c *Client) once(ctx context.Context, method, verb string, body, answer any) error {
	resp, err := c.send(ctx, method, verb, nil, body, "")
	if err != nil {
		return c.unreached(ctx, verb, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return c.unreached(ctx, verb, err)
	}
	if resp.StatusCode >= 400 {
		return refusal(verb, resp.Status, text)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("cannot read the answer of %s: %w", c.path, err)
	}
	return nil
}

func (c *Client) send(ctx context.Context, method, verb string, q url.Values, body any, accept string) (*http.Response, error) {
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://supervisor/v1/"+verb, content)
	if err != nil {
		return nil, err
	}
	if len(q) > 0 { // else it stands in verb, or there is none
		req.URL.RawQuery = q.Encode()
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	return c.http.Do(req)
}

func refusal(verb, status string, text []byte) error {
	var f failure
	if err := json.Unmarshal(text, &f); err != nil || f.Text == "" {
		return &RemoteError{Kind: kindFailed, Text: fmt.Sprintf("cannot %s: the supervisor answered %s", what(verb), status)}
	}
	return f.asError()
}

// unreached tells a supervisor that is not there from one that is not ours or
// does not answer in time.
func (c *Client) unreached(ctx context.Context, verb string, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("cannot %s: %w", what(verb), context.Cause(ctx))
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("cannot %s: cannot use %s: %w", what(verb), c.path, os.ErrPermission)
	case errors.Is(err, os.ErrNotExist), refused(err):
		return fmt.Errorf("cannot %s: %w on %s", what(verb), ErrNoSupervisor, c.path)
	case lost(err) && c.answers(ctx):
		return fmt.Errorf("cannot %s: the connection to the supervisor on %s broke before its answer; what was begun goes on, and supervisor status shows it", what(verb), c.path)
	case lost(err):
		return fmt.Errorf("cannot %s: %w on %s any more: it ended before its answer", what(verb), ErrNoSupervisor, c.path)
	}
	return fmt.Errorf("cannot %s: %w", what(verb), err)
}

// answers reports whether a supervisor is there now.
func (c *Client) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	resp, err := c.send(ctx, http.MethodGet, "status", nil, nil, "")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return true
}

// lost reports whether a connection was there and is not any more. If it ended before the
// request was written, net/http has closed it, or says so by an error that has no name.
func lost(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || cut(err) || errors.Is(err, net.ErrClosed) ||
		strings.HasSuffix(err.Error(), "http: server closed idle connection")
}
