package control

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// handler answers requests. A reload is bound to serving, which ends with the
// server, and not to its connection, which ends when a client loses patience.
type handler struct {
	serving context.Context
	leaving context.Context // ends when the server is about to: streams end with it
	left    func() bool     // whether another supervisor has taken over then
	sup     Supervisor
}

type reloadAnswer struct {
	Results []Result `json:"results"`
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h.answer(w, r); err != nil {
		h.explain(err).write(w)
	}
}

// answer checks the caller before anything else: a stranger does not even learn
// which paths there are.
func (h *handler) answer(w http.ResponseWriter, r *http.Request) error {
	if err := strangerOf(r.Context()); err != nil {
		return err
	}
	switch r.URL.Path {
	case "/v1/status":
		return h.only(http.MethodGet, h.status, w, r)
	case "/v1/reload":
		return h.only(http.MethodPost, h.reload, w, r)
	case "/v1/scale":
		return h.only(http.MethodPost, h.scale, w, r)
	case "/v1/rollback":
		return h.only(http.MethodPost, h.rollback, w, r)
	case "/v1/stop":
		return h.only(http.MethodPost, h.stop, w, r)
	case "/v1/upgrade":
		return h.only(http.MethodPost, h.upgrade, w, r)
	case "/v1/events":
		return h.only(http.MethodGet, h.events, w, r)
	case "/v1/logs":
		return h.only(http.MethodGet, h.logs, w, r)
	}
	return &failure{
		Text: fmt.Sprintf("cannot answer: there is no path %q", r.URL.Path),
		Hint: "the paths are /v1/status, /v1/reload, /v1/rollback, /v1/scale, /v1/stop, /v1/upgrade, /v1/events and /v1/logs",
		Kind: kindNotFound, status: http.StatusNotFound,
	}
}

func (h *handler) only(method string, do func(http.ResponseWriter, *http.Request) error, w http.ResponseWriter, r *http.Request) error {
	if r.Method == method {
		return do(w, r)
	}
	w.Header().Set("Allow", method)
	return &failure{
		Text: fmt.Sprintf("cannot answer: %s does not take %s", r.URL.Path, r.Method),
		Hint: "use " + method,
		Kind: kindBadMethod, status: http.StatusMethodNotAllowed,
	}
}

func (h *handler) explain(err error) *failure {
	if h.serving.Err() != nil {
		err = ErrEnding
	}
	return asFailure(err)
}

func (h *handler) reload(w http.ResponseWriter, r *http.Request) error {
	req, err := decodeReload(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return err
	}
	if streams(r) {
		return h.reloadStream(w, r, req.Services)
	}
	return h.reloadQuietly(w, req.Services)
}

// reloadQuietly answers with the verdicts alone.
func (h *handler) reloadQuietly(w http.ResponseWriter, services []string) error {
	waitLong(w)
	results, err := h.sup.Reload(h.serving, services)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, reloadAnswer{results})
	return nil
}

func (h *handler) stop(w http.ResponseWriter, r *http.Request) error {
	if err := h.sup.Stop(h.serving); err != nil {
		return err
	}
	writeJSON(w, http.StatusAccepted, struct{}{})
	return nil
}

func (h *handler) upgrade(w http.ResponseWriter, r *http.Request) error {
	waitLong(w)
	u, err := h.sup.Upgrade(h.serving)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, u)
	return nil
}

// waitLong lifts the deadline of the request, which has arrived, so that the
// connection outlasts a build.
func waitLong(w http.ResponseWriter) {
	http.NewResponseController(w).SetReadDeadline(time.Time{})
}

// giveTime lets a client have its answer slowly, but not for ever.
func giveTime(w http.ResponseWriter) {
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(transferTime))
}
