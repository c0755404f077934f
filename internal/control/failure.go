package control

import (
	"encoding/json"
	"errors"
	"net/http"
)

// failure is what the API answers instead of a result.
type failure struct {
	Text    string   `json:"error"`
	Hint    string   `json:"hint,omitempty"`
	Kind    string   `json:"kind"`
	Service string   `json:"service,omitempty"`
	Known   []string `json:"known,omitempty"`
	PID     int      `json:"pid,omitempty"`
	status  int
}

const (
	kindBadRequest = "bad-request"
	kindForbidden  = "forbidden"
	kindNotFound   = "not-found"
	kindUnknown    = "unknown-service"
	kindBadMethod  = "bad-method"
	kindTooLarge   = "too-large"
	kindBadConfig  = "bad-config"
	kindFailed     = "failed"
	kindEnding     = "ending"
	kindBusy       = "busy"
	kindUpgrade    = "upgrade-failed"
	kindNoRollback = "no-rollback"
	kindSucceeded  = "succeeded"
	kindFixed      = "fixed"
)

func (f *failure) Error() string { return f.Text }

// asFailure says over HTTP what err says.
func asFailure(err error) *failure {
	var (
		own     *failure
		unknown *UnknownServiceError
		config  *ConfigError
		upgrade *UpgradeError
		none    *NoRollbackError
		gone    *SucceededError
		fixed   *FixedError
		f       = failure{Text: err.Error(), Hint: hintOf(err), Kind: kindFailed, status: http.StatusInternalServerError}
	)
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &upgrade):
		f.Kind, f.status = kindUpgrade, http.StatusInternalServerError
		if upgrade.Config {
			f.Kind, f.status = kindBadConfig, http.StatusUnprocessableEntity
		}
	case errors.As(err, &none):
		f.Kind, f.status = kindNoRollback, http.StatusConflict
	case errors.As(err, &gone):
		f.Kind, f.status, f.PID = kindSucceeded, http.StatusConflict, gone.PID
	case errors.Is(err, ErrEnding):
		f.Kind, f.status = kindEnding, http.StatusServiceUnavailable
	case errors.As(err, &fixed):
		f.Kind, f.status = kindFixed, http.StatusUnprocessableEntity
	case errors.As(err, &unknown):
		f.Kind, f.status = kindUnknown, http.StatusNotFound
		f.Service, f.Known = unknown.Service, unknown.Known
	case errors.As(err, &config):
		f.Kind, f.status = kindBadConfig, http.StatusUnprocessableEntity
	}
	return &f
}

// asError is the way back, on the client's side.
func (f *failure) asError() error {
	switch f.Kind {
	case kindUnknown:
		return &UnknownServiceError{Service: f.Service, Known: f.Known}
	case kindFixed:
		return &FixedError{Text: f.Text, Tip: f.Hint}
	case kindUpgrade:
		return &UpgradeError{Text: f.Text, Tip: f.Hint}
	case kindNoRollback:
		return &NoRollbackError{Text: f.Text, Tip: f.Hint}
	case kindSucceeded:
		return &SucceededError{PID: f.PID}
	case kindBadConfig:
		return &ConfigError{&RemoteError{Kind: f.Kind, Text: f.Text, Tip: f.Hint}}
	}
	return &RemoteError{Kind: f.Kind, Text: f.Text, Tip: f.Hint}
}

func (f *failure) write(w http.ResponseWriter) { writeJSON(w, f.status, f) }

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte(`{"error":"cannot write the answer as JSON","kind":"failed"}`)
	}
	giveTime(w)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that is gone by now is nobody's problem.
	w.Write(append(b, '\n'))
}
