package control

import (
	"errors"
	"io"
	"net/http"
)

// rollBack is the verb in a sentence.
const rollBack = "roll back"

// NoRollbackError says that there is nothing to go back to. Nothing changed.
type NoRollbackError struct{ Text, Tip string }

func (e *NoRollbackError) Error() string { return e.Text }

// Hint says what can be done instead.
func (e *NoRollbackError) Hint() string { return e.Tip }

type rollbackRequest struct {
	Service string `json:"service"`
}

func decodeRollback(body io.Reader) (r rollbackRequest, err error) {
	err = decode(body, &r)
	if err == nil && r.Service == "" {
		err = errors.New("it names no service")
	}
	if err != nil {
		return rollbackRequest{}, badBody(err, `a rollback takes {"service": "name"}`)
	}
	return r, nil
}

func (h *handler) rollback(w http.ResponseWriter, r *http.Request) error {
	req, err := decodeRollback(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return err
	}
	waitLong(w)
	result, err := h.sup.Rollback(h.serving, req.Service)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, result)
	return nil
}
