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
	var r reloadRequest
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	err := d.Decode(&r)
	if err == io.EOF {
		return r, nil
	}
	if err == nil {
		err = atEnd(d)
	}
	if err != nil {
		return reloadRequest{}, badBody(err, reloadTakes)
	}
	for i, s := range r.Services {
		if s == "" {
			return reloadRequest{}, badBody(fmt.Errorf("services[%d] is empty", i), reloadTakes)
		}
	}
	return r, nil
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

const reloadTakes = `a reload takes {"services": ["name", …]}, or nothing for all`

func badBody(err error, takes string) *failure {
	if errors.As(err, new(*http.MaxBytesError)) {
		return &failure{
			Text: fmt.Sprintf("cannot read the request: its body has more than %d bytes", maxBody),
			Kind: kindTooLarge, status: http.StatusRequestEntityTooLarge,
		}
	}
	return &failure{
		Text: "cannot read the request: " + err.Error(),
		Hint: takes,
		Kind: kindBadRequest, status: http.StatusBadRequest,
	}
}
