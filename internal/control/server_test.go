//go:build linux || darwin || freebsd

package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// raw sends a request as it is and returns the answer and its error object.
func raw(t *testing.T, path, request string) (*http.Response, failure) {
	t.Helper()
	c := dial(t, path)
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var f failure
	if err := json.NewDecoder(resp.Body).Decode(&f); err != nil {
		t.Fatalf("the answer is no JSON: %v", err)
	}
	return resp, f
}

func request(method, path, body string) string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", method, path, len(body), body)
}

func TestBadRequests(t *testing.T) {
	_, path := start(t, fake{})
	for _, c := range []struct {
		name, request, kind string
		status              int
	}{
		{"unknown path", request("GET", "/v1/nothing", ""), "not-found", 404},
		{"no version", request("GET", "/status", ""), "not-found", 404},
		{"wrong method", request("GET", "/v1/reload", ""), "bad-method", 405},
		{"wrong method", request("POST", "/v1/status", ""), "bad-method", 405},
		{"no JSON", request("POST", "/v1/reload", "{"), "bad-request", 400},
		{"wrong type", request("POST", "/v1/reload", `{"services": "web"}`), "bad-request", 400},
		{"unknown field", request("POST", "/v1/reload", `{"service": ["web"]}`), "bad-request", 400},
		{"empty name", request("POST", "/v1/reload", `{"services": [""]}`), "bad-request", 400},
		{"trailing", request("POST", "/v1/reload", `{} {}`), "bad-request", 400},
		{"too large", request("POST", "/v1/reload", `{"services": ["`+strings.Repeat("x", maxBody)+`"]}`), "too-large", 413},
		{"too large a tail", request("POST", "/v1/reload", `{}`+strings.Repeat(" ", maxBody)), "too-large", 413},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, f := raw(t, path, c.request)
			if resp.StatusCode != c.status || f.Kind != c.kind || f.Text == "" {
				t.Errorf("got %d %+v, want %d %s", resp.StatusCode, f, c.status, c.kind)
			}
		})
	}
}

func TestStatusOfRefusals(t *testing.T) {
	for want, err := range map[int]error{
		404: &UnknownServiceError{Service: "x"},
		422: &ConfigError{errors.New("cannot read it")},
		500: errors.New("cannot do it"),
	} {
		_, path := start(t, fake{reload: func(context.Context, []string) ([]Result, error) {
			return nil, fmt.Errorf("wrapped: %w", err)
		}})
		if resp, f := raw(t, path, request("POST", "/v1/reload", "")); resp.StatusCode != want {
			t.Errorf("%T: %d %+v, want %d", err, resp.StatusCode, f, want)
		}
	}
}

func TestListsAreNeverNull(t *testing.T) {
	c, path := start(t, fake{status: func(context.Context) (Status, error) {
		return Status{Services: []Service{{Generations: []Generation{{}}}}}, nil
	}})
	if _, err := c.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	conn := dial(t, path)
	io.WriteString(conn, request("GET", "/v1/status", ""))
	answer, err := io.ReadAll(conn)
	if err != nil || strings.Contains(string(answer), "null") {
		t.Errorf("%v: %s", err, answer)
	}
}

func TestReloadOutlivesItsClient(t *testing.T) {
	begun, verdict, ended := make(chan context.Context, 1), make(chan bool), make(chan error, 1)
	_, path := start(t, fake{reload: func(ctx context.Context, _ []string) ([]Result, error) {
		begun <- ctx
		<-verdict
		ended <- ctx.Err()
		return []Result{promoted("web")}, nil
	}, status: itIs(1).status})
	conn := dial(t, path)
	io.WriteString(conn, request("POST", "/v1/reload", ""))
	ctx := within(t, begun)
	conn.Close()
	// Meanwhile the server has time to see the end of the connection.
	for range 100 {
		if _, err := NewClient(path).Status(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if ctx.Err() != nil {
		t.Error("the client took the reload with it")
	}
	close(verdict)
	if err := within(t, ended); err != nil {
		t.Errorf("at the verdict the context had ended: %v", err)
	}
}

func TestNoAnswerBeforeTheVerdict(t *testing.T) {
	begun, verdict := make(chan bool, 1), make(chan bool)
	_, path := start(t, fake{reload: func(context.Context, []string) ([]Result, error) {
		begun <- true
		<-verdict
		return []Result{promoted("web")}, nil
	}})
	conn := dial(t, path)
	io.WriteString(conn, request("POST", "/v1/reload", ""))
	within(t, begun)
	first := make(chan byte, 1)
	go func() {
		var b [1]byte
		conn.Read(b[:])
		first <- b[0]
	}()
	select {
	case b := <-first:
		t.Errorf("an answer begins with %q before the verdict", b)
	default:
	}
	close(verdict)
	if b := within(t, first); b != 'H' {
		t.Errorf("the answer begins with %q", b)
	}
}

// A client that connects and says nothing, or half of it, stops nobody else.
func TestSlowClientsBlockNobody(t *testing.T) {
	c, path := start(t, itIs(7))
	dial(t, path)
	io.WriteString(dial(t, path), "POST /v1/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
	st, err := c.Status(t.Context())
	if err != nil || st.PID != 7 {
		t.Errorf("got %+v, %v", st, err)
	}
}

func TestEndingAnswersWhatIsUnderWay(t *testing.T) {
	s := listen(t, filepath.Join(shortDir(t), "c.sock"))
	begun, verdict := make(chan bool, 1), make(chan bool)
	end := serve(t, s, fake{reload: func(context.Context, []string) ([]Result, error) {
		begun <- true
		<-verdict
		return []Result{promoted("web")}, nil
	}})
	answer := make(chan error, 1)
	go func() {
		_, err := NewClient(s.Path()).Reload(context.Background(), nil)
		answer <- err
	}()
	within(t, begun)
	ended := make(chan bool)
	go func() {
		defer close(ended)
		end()
	}()
	waitRefused(t, s.Path())
	close(verdict)
	if err := within(t, answer); err != nil {
		t.Errorf("the verdict got lost: %v", err)
	}
	within(t, ended)
}

// Serve returns only when no handler runs any more, even one that would wait for ever.
func TestEndingEndsHandlers(t *testing.T) {
	s := listen(t, filepath.Join(shortDir(t), "c.sock"))
	begun, handlerEnded := make(chan bool, 1), make(chan bool, 1)
	end := serve(t, s, fake{reload: func(ctx context.Context, _ []string) ([]Result, error) {
		begun <- true
		<-ctx.Done()
		for range 10000 { // it has things to put in order
			runtime.Gosched()
		}
		handlerEnded <- true
		return nil, ctx.Err()
	}})
	answer := make(chan error, 1)
	go func() {
		_, err := NewClient(s.Path()).Reload(context.Background(), nil)
		answer <- err
	}()
	within(t, begun)
	end()
	select {
	case <-handlerEnded:
	default:
		t.Error("Serve returned before its handler")
	}
	if within(t, answer) == nil {
		t.Error("a reload without a verdict succeeded")
	}
}

// waitRefused returns when nobody accepts on path any more.
func waitRefused(t *testing.T, path string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for ctx.Err() == nil {
		c, err := net.Dial("unix", path)
		if err != nil {
			return
		}
		c.Close()
	}
	t.Fatal("the socket still accepts")
}
