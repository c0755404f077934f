//go:build linux || darwin || freebsd

package control

import (
	"bytes"
	"context"
	"errors"
	"testing"
)

func TestRollback(t *testing.T) {
	to, _ := start(t, fake{rollback: func(_ context.Context, service string) (Result, error) { return promoted(service), nil }})
	if r, err := to.Rollback(t.Context(), "web"); err != nil || r != promoted("web") {
		t.Errorf("result %+v, error %v", r, err)
	}
}

func TestRollbackRefused(t *testing.T) {
	to, _ := start(t, fake{rollback: func(_ context.Context, service string) (Result, error) {
		if service == "none" {
			return Result{}, &UnknownServiceError{Service: service, Known: []string{"web"}}
		}
		return Result{}, &NoRollbackError{"cannot roll back web: no", "do this"}
	}})
	_, err := to.Rollback(t.Context(), "web")
	var none *NoRollbackError
	if !errors.As(err, &none) || *none != (NoRollbackError{"cannot roll back web: no", "do this"}) {
		t.Errorf("error %#v", err)
	}
	_, err = to.Rollback(t.Context(), "none")
	if err == nil || err.Error() != `cannot find "none": there is no such service` || hintOf(err) != "the services are web" {
		t.Errorf("error %v, hint %q", err, hintOf(err))
	}
}

func TestBadRollbacks(t *testing.T) {
	_, path := start(t, fake{})
	for _, body := range []string{"", "{", "{}", `{"service": ""}`, `{"service": ["web"]}`, `{"services": ["web"]}`, `{"service": "web"} {}`} {
		resp, f := raw(t, path, request("POST", "/v1/rollback", body))
		if resp.StatusCode != 400 || f.Kind != kindBadRequest || f.Hint != `a rollback takes {"service": "name"}` {
			t.Errorf("%q: %s, %+v", body, resp.Status, f)
		}
	}
	if resp, f := raw(t, path, request("GET", "/v1/rollback", "")); resp.StatusCode != 405 || f.Kind != kindBadMethod {
		t.Errorf("%s, %+v", resp.Status, f)
	}
}

func FuzzDecodeRollback(f *testing.F) {
	for _, s := range []string{"", "{}", `{"service": "web"}`, `{"service": ""}`, `{"x": 1}`, `[]`, "null", `{}{}`, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := decodeRollback(bytes.NewReader(body))
		if (err == nil) != (r.Service != "") {
			t.Fatalf("%q, %v", r.Service, err)
		}
		if err != nil && asFailure(err).status != 400 {
			t.Fatalf("refused with %#v", err)
		}
	})
}
