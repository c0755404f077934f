package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

type reloadRequest struct {
	Services []string `json:"services"`
}

// decodeReload reads the body of a reload. None at all means all services.
func decodeReload(body io.Reader) (reloadRequest, error) {
	const hint = `a reload takes {"services": ["name", …]}, or nothing for all`
	var r reloadRequest
	err := decode(body, &r)
	if err == io.EOF {
		return reloadRequest{}, nil
	}
	if err != nil {
		return reloadRequest{}, badBody(err, hint)
	}
	for i, s := range r.Services {
		if s == "" {
			return reloadRequest{}, badBody(fmt.Errorf("services[%d] is empty", i), hint)
		}
	}
	return r, nil
}

// decode reads one value and nothing else. The error is io.EOF if there is none.
func decode(body io.Reader, to any) error {
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return err
	}
	return atEnd(d)
}

func atEnd(d *json.Decoder) error {
	switch _, err := d.Token(); {
	case err == io.EOF:
		return nil
	case errors.As(err, new(*http.MaxBytesError)):
		return err
	}
	return errors.New("there is more after the first value")
}

func badBody(err error, hint string) *failure {
	if errors.As(err, new(*http.MaxBytesError)) {
		return &failure{
			Text: fmt.Sprintf("cannot read the request: its body has more than %d bytes", maxBody),
			Kind: kindTooLarge, status: http.StatusRequestEntityTooLarge,
		}
	}
	return &failure{
		Text: "cannot read the request: " + err.Error(),
		Hint: hint,
		Kind: kindBadRequest, status: http.StatusBadRequest,
	}
}
