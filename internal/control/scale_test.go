package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

func TestDecodeScale(t *testing.T) {
	got, err := decodeScale(strings.NewReader(`{"service": "web", "workers": 3}` + "\n"))
	if err != nil || got != (Scaling{"web", 3}) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, body := range []string{
		"", "{}", "null", "[]", `{"service": "web"}`, `{"service": "web", "workers": 0}`, `{"service": "", "workers": 1}`,
		`{"service": "web", "workers": 1025}`, `{"service": "web", "workers": 1.5}`, `{"service": "web", "workers": 1} {}`,
		`{"service": "web", "workers": 1, "x": 1}`,
	} {
		if got, err := decodeScale(strings.NewReader(body)); err == nil || asFailure(err).Kind != kindBadRequest {
			t.Errorf("%s: got %+v, %v", body, got, err)
		}
	}
}

func FuzzDecodeScale(f *testing.F) {
	for _, s := range []string{"", "{}", `{"service": "web", "workers": 3}`, `{"service": "", "workers": -1}`, `{"x": 1}`, "null", `{}{}`, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := decodeScale(bytes.NewReader(body))
		if err != nil {
			if asFailure(err).status != 400 || s != (Scaling{}) {
				t.Fatalf("refused with %#v and %+v", err, s)
			}
			return
		}
		if s.Service == "" || s.Workers < 1 || s.Workers > MaxWorkers {
			t.Fatalf("accepted %+v", s)
		}
		again, _ := json.Marshal(s)
		if s2, err := decodeScale(bytes.NewReader(again)); err != nil || s2 != s {
			t.Fatalf("%+v came back as %+v, %v", s, s2, err)
		}
	})
}

// What the supervisor says of a scaling arrives, and its errors as what they are.
func TestScale(t *testing.T) {
	want := Scaled{Service: "web", Configured: 2, Verdict: lifecycle.Verdict{Outcome: lifecycle.Rescale, Serving: 1, Workers: 3}}
	var asked Scaling
	var answer error
	c, _ := start(t, fake{scale: func(_ context.Context, s Scaling) (Scaled, error) { asked = s; return want, answer }})
	if got, err := c.Scale(t.Context(), Scaling{"web", 3}); err != nil || got != want || asked != (Scaling{"web", 3}) {
		t.Errorf("got %+v, %v for %+v", got, err, asked)
	}
	answer = &FixedError{"cannot", "instead"}
	var fixed *FixedError
	if _, err := c.Scale(t.Context(), Scaling{"web", 3}); !errors.As(err, &fixed) || *fixed != (FixedError{"cannot", "instead"}) {
		t.Errorf("got %v", err)
	}
	answer = &UnknownServiceError{Service: "web", Known: []string{"api"}}
	if _, err := c.Scale(t.Context(), Scaling{"web", 3}); err == nil || err.Error() != `cannot find "web": there is no such service` {
		t.Errorf("got %v", err)
	}
}
