package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const (
	// How long an answer is held back in which nothing would be new.
	longPoll = 25 * time.Second
	// How often connections are counted while somebody watches a drain: the kernel
	// tells of no change.
	recount = time.Second
)

// Watch calls show with the status as it is, and then with each that is another one,
// until ctx ends or show returns an error, which it returns. Errors as of Reload, which
// are ErrNoSupervisor when the supervisor has ended; nil when ctx has.
func (c *Client) Watch(ctx context.Context, show func(Status) error) error {
	verb, tag := "status", ""
	for {
		var st Status
		err := c.poll(ctx, verb, &st)
		switch {
		case ctx.Err() != nil:
			return nil
		case isEnding(err):
			return fmt.Errorf("cannot watch any longer: %w on %s: it has ended", ErrNoSupervisor, c.path)
		case err != nil:
			return err
		case st.Tag == "" && tag == "":
			return fmt.Errorf("cannot watch: supervisor %s tells its status only when asked", st.Version)
		}
		if st.Tag != tag {
			tag = st.Tag
			if err := show(st); err != nil {
				return err
			}
		}
		verb = "status?after=" + url.QueryEscape(tag)
	}
}

func isEnding(err error) bool {
	var e *RemoteError
	return errors.As(err, &e) && e.Kind == kindEnding
}

func (c *Client) poll(ctx context.Context, verb string, st *Status) error {
	ctx, cancel := context.WithTimeoutCause(ctx, longPoll+askTime, fmt.Errorf("no answer within %s", longPoll+askTime))
	defer cancel()
	return c.call(ctx, http.MethodGet, verb, nil, st)
}

// status answers at once, or, after a status that the client has, when there is
// another one, and in any case before long.
func (h *handler) status(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	if after != "" {
		waitLong(w)
	}
	late := time.NewTimer(longPoll)
	defer late.Stop()
	for {
		changes := h.sup.Changes() // before the look: nothing falls between
		st, err := h.sup.Status(r.Context())
		if err != nil {
			return err
		}
		st = withLists(st)
		again := false
		if st.Tag = tagOf(st); st.Tag == after {
			again, err = h.await(r.Context(), changes, recounting(st), late.C)
		}
		if err != nil {
			return err
		}
		if !again {
			writeJSON(w, http.StatusOK, st)
			return nil
		}
	}
}

// await reports whether to look again.
func (h *handler) await(ctx context.Context, changes <-chan struct{}, counts bool, late <-chan time.Time) (again bool, err error) {
	var look <-chan time.Time
	if counts {
		timer := time.NewTimer(recount)
		defer timer.Stop()
		look = timer.C
	}
	select {
	case <-changes:
		return true, nil
	case <-look:
		return true, nil
	case <-late:
	case <-ctx.Done():
	case <-h.leaving.Done():
		if h.left() {
			return false, &SucceededError{}
		}
		return false, ErrEnding
	}
	return false, nil
}

// recounting reports whether connections come into it.
func recounting(st Status) bool {
	return slices.ContainsFunc(st.Services, func(s Service) bool {
		return slices.ContainsFunc(s.Generations, func(g Generation) bool { return g.Connections != nil })
	})
}

// tagOf is the same for what is the same.
func tagOf(st Status) string {
	st.Tag = ""
	text, err := json.Marshal(st)
	if err != nil {
		return ""
	}
	sum := fnv.New64a()
	sum.Write(text)
	return fmt.Sprintf("%x", sum.Sum64())
}
