package control

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// ErrNoSupervisor says that no supervisor answers.
var ErrNoSupervisor = errors.New("no supervisor answers")

// UnknownServiceError names a service that the config does not have.
type UnknownServiceError struct {
	Service string
	Known   []string
	Verb    string // what was to be done; "": reload
}

func (e *UnknownServiceError) Error() string {
	return fmt.Sprintf("cannot %s %q: there is no such service", cmp.Or(e.Verb, "reload"), e.Service)
}

// Hint lists the names that there are.
func (e *UnknownServiceError) Hint() string {
	if len(e.Known) == 0 {
		return ""
	}
	return "the services are " + strings.Join(e.Known, ", ")
}

// ConfigError is a config that was refused. Nothing changed.
type ConfigError struct{ Err error }

func (e *ConfigError) Error() string { return e.Err.Error() }
func (e *ConfigError) Unwrap() error { return e.Err }

// Hint passes the hint of the cause on, if it has one.
func (e *ConfigError) Hint() string {
	if h := hintOf(e.Err); h != "" {
		return h
	}
	return "nothing changed: what served still does"
}

// RemoteError is any other refusal of a supervisor.
type RemoteError struct {
	Kind string // of the error, as the package comment lists them
	Text string
	Tip  string
}

func (e *RemoteError) Error() string { return e.Text }

// Hint is the supervisor's own.
func (e *RemoteError) Hint() string { return e.Tip }

// InUseError says that the socket belongs to a supervisor that runs.
type InUseError struct {
	Path string
	PID  int // 0: it accepts connections, but does not tell
}

func (e *InUseError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("cannot open the control socket: another program answers on %s", e.Path)
	}
	return fmt.Sprintf("cannot open the control socket: another supervisor answers on %s (pid %d)", e.Path, e.PID)
}

// Hint says how two can run side by side.
func (e *InUseError) Hint() string {
	return "to run a second one beside it, give it a socket of its own with --control"
}

// UnsupportedError is something that this platform cannot do (yet).
type UnsupportedError struct{ What, Instead string }

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("cannot %s: %v on this platform", e.What, errors.ErrUnsupported)
}
func (e *UnsupportedError) Unwrap() error { return errors.ErrUnsupported }

// Hint says what happens instead.
func (e *UnsupportedError) Hint() string { return e.Instead }

func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}
