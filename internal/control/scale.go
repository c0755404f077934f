package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// MaxWorkers is the most that a service may be scaled to.
const MaxWorkers = 1024

// Scaling asks for a number of workers.
type Scaling struct {
	Service string `json:"service"`
	Workers int    `json:"workers"`
}

// Scaled is how that ended.
type Scaled struct {
	Service    string `json:"service"`
	Configured int    `json:"configured"` // workers as the config names them
	lifecycle.Verdict
}

// FixedError is a service that cannot have more or fewer workers while it runs.
type FixedError struct{ Text, Tip string }

func (e *FixedError) Error() string { return e.Text }

// Hint says what to do instead.
func (e *FixedError) Hint() string { return e.Tip }

// Scale asks for a number of workers and waits for the verdict, as long as ctx lets
// it. Errors: *UnknownServiceError and *FixedError, after which nothing was begun;
// otherwise as of Reload.
func (c *Client) Scale(ctx context.Context, s Scaling) (Scaled, error) {
	var a Scaled
	err := c.call(ctx, http.MethodPost, "scale", s, &a)
	return a, err
}

func (h *handler) scale(w http.ResponseWriter, r *http.Request) error {
	req, err := decodeScale(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return err
	}
	waitLong(w)
	s, err := h.sup.Scale(h.serving, req)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s)
	return nil
}

func decodeScale(body io.Reader) (s Scaling, err error) {
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err = d.Decode(&s); err == nil {
		err = atEnd(d)
	}
	switch {
	case err != nil:
	case s.Service == "":
		err = errors.New("service is empty")
	case s.Workers < 1 || s.Workers > MaxWorkers:
		err = fmt.Errorf("workers is %d, want a number from 1 to %d", s.Workers, MaxWorkers)
	}
	if err != nil {
		return Scaling{}, badBody(err, `a scale takes {"service": "name", "workers": 2}`)
	}
	return s, nil
}
