package handler

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGreet(t *testing.T) {
	for _, c := range []struct {
		body   string
		status int
		want   string
	}{
		{`{"name":"Ada"}`, http.StatusOK, `{"message":"Hello, Ada"}`},
		{`{}`, http.StatusBadRequest, `{"message":"cannot greet: name is missing"}`},
		{`{"name":`, http.StatusBadRequest, `{"message":"cannot read the greeting: unexpected EOF"}`},
	} {
		w := httptest.NewRecorder()
		Greet(w, httptest.NewRequest(http.MethodPost, "/greeting", strings.NewReader(c.body)))
		if got := strings.TrimSpace(w.Body.String()); w.Code != c.status || got != c.want {
			t.Errorf("%s: got %d %s, want %d %s", c.body, w.Code, got, c.status, c.want)
		}
	}
}
