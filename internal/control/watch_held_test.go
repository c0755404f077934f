package control

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
)

// Whoever watches says what he has seen: without that each question is answered at
// once, and he asks again and again.
func TestWatchSaysWhatItHasSeen(t *testing.T) {
	path := filepath.Join(shortDir(t), "c.sock")
	l := listen(t, path).listener
	ctx, cancel := context.WithCancel(t.Context())
	var asked []string
	srv := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked = append(asked, r.URL.RawQuery); len(asked) == 2 {
			cancel()
		}
		writeJSON(w, http.StatusOK, Status{PID: 1, Tag: "a b"})
	})}
	served := make(chan error)
	go func() { served <- srv.Serve(l) }()
	if err := NewClient(path).Watch(ctx, func(Status) error { return nil }); err != nil {
		t.Error(err)
	}
	srv.Shutdown(t.Context())
	<-served
	if want := []string{"", "after=a+b"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
}
