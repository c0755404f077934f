package load

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// requestPath writes path as the first line of a request has it.
func requestPath(path string) (string, error) {
	u, err := url.ParseRequestURI(path)
	if err != nil || !strings.HasPrefix(path, "/") {
		return "", fmt.Errorf("cannot load path %q: it must begin with a slash and be written as in a URL", path)
	}
	return u.RequestURI(), nil
}

// request is the text of one HTTP/1.1 request.
func (c Config) request(id, connection string) string {
	return "GET " + c.Path + " HTTP/1.1\r\nHost: " + c.host() +
		"\r\nX-Load: " + id + "\r\nConnection: " + connection + "\r\n\r\n"
}

// exchange writes one request and reads its answer to the end of the body.
// last says that the connection can carry no further request.
func (c Config) exchange(w io.Writer, r *bufio.Reader, id, connection string) (a answer, last bool, err error) {
	if _, err := io.WriteString(w, c.request(id, connection)); err != nil {
		return a, true, err
	}
	resp, err := finalResponse(r)
	if err != nil {
		return a, true, err
	}
	return answer{version: resp.Header.Get("X-Version")}, resp.Close, c.finish(resp, id)
}

// finalResponse skips the informational answers (1xx) before the real one.
func finalResponse(r *bufio.Reader) (*http.Response, error) {
	for {
		resp, err := http.ReadResponse(r, nil) // nil: as for GET
		if err != nil || resp.StatusCode >= 200 {
			return resp, err
		}
	}
}

// finish reads the whole body and judges the answer.
func (c Config) finish(resp *http.Response, id string) error {
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return fmt.Errorf("cannot read the body: %w", err)
	}
	if resp.StatusCode >= 500 {
		return &badAnswer{Status5xx, "status " + resp.Status}
	}
	if resp.StatusCode >= c.Bad {
		return &badAnswer{Wrong, "status " + resp.Status}
	}
	if got := resp.Header.Get("X-Load"); got != "" && got != id {
		return &badAnswer{Wrong, fmt.Sprintf("got the answer to request %s instead of %s", got, id)}
	}
	return nil
}
