package main

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// portedMain is a service that knows of nothing but its port.
func portedMain(port string) error {
	return http.ListenAndServe("127.0.0.1:"+port, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Version", os.Getenv("SUPERVISOR_GENERATION"))
		if d, err := time.ParseDuration(r.FormValue("d")); err == nil {
			<-time.After(d)
		}
		w.Write([]byte(os.Getenv("SUPERVISOR_GENERATION")))
	}))
}

// A service that takes only a port is handed off without a lost connection or request.
func TestRelayedHandoffs(t *testing.T) {
	const handoffs = 10
	s := begin(t, "run", "handoff.by = 'relay'\nready.by = 'http'\ndrain.timeout = '3s'")
	at := s.address()
	stop := loaded(t,
		load.Config{Load: load.HTTP, Address: at, Rate: 20, Workers: 2, Timeout: limit},
		load.Config{Load: load.Slow, Address: at, Path: "/?d=1s", Timeout: limit},
	)
	for n := 2; n <= handoffs+1; n++ {
		if v := s.reload(); v.Outcome != lifecycle.Promoted || v.Generation != n {
			t.Fatalf("handoff %d: %+v", n-1, v)
		}
	}
	for i, r := range stop() {
		if t.Log(r); r.Failed() > 0 || len(r.Versions) < 2 {
			t.Errorf("load %d: %v", i, r)
		}
	}
	s.stop()
}
