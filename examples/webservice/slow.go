package main

import (
	"fmt"
	"net/http"
	"time"
)

// slow answers after ?d=, 2s by default. A new version may be in service by then; this one stays
// until the answer is out.
func slow(w http.ResponseWriter, r *http.Request) {
	d := 2 * time.Second
	if s := r.FormValue("d"); s != "" {
		var err error
		if d, err = time.ParseDuration(s); err != nil {
			http.Error(w, fmt.Sprintf("cannot wait for %q: want a duration such as 500ms", s), http.StatusBadRequest)
			return
		}
	}
	select {
	case <-time.After(d):
		fmt.Fprintf(w, "version %s answers after %v\n", version, d)
	case <-r.Context().Done(): // the client has gone, or the drain's time is nearly up
		http.Error(w, "stopping", http.StatusServiceUnavailable)
	}
}
