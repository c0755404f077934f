package load

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
)

// A Kind is how a request ended.
type Kind string

const (
	OK        Kind = "ok"
	Refused   Kind = "refused" // nobody listens, or the unix socket's path is gone
	Reset     Kind = "reset"   // the connection was broken
	EOF       Kind = "eof"     // the connection ended before the answer did
	Timeout   Kind = "timeout" // no answer in time; for UDP the request or its answer is lost
	Status5xx Kind = "5xx"
	Wrong     Kind = "wrong" // an answer, but not to this request, or an HTTP status that counts as bad
	Other     Kind = "other"
)

// Failures lists the kinds that are a loss, worst understood first.
func Failures() []Kind {
	return []Kind{Refused, Reset, EOF, Timeout, Status5xx, Wrong, Other}
}

// badAnswer is an answer that came whole and is still a failure.
type badAnswer struct {
	kind Kind
	text string
}

func (b *badAnswer) Error() string { return b.text }

func kindOf(err error) Kind {
	var bad *badAnswer
	switch {
	case err == nil:
		return OK
	case errors.As(err, &bad):
		return bad.kind
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return Timeout
	case errors.Is(err, errnoRefused), errors.Is(err, fs.ErrNotExist):
		return Refused
	case errors.Is(err, errnoReset), errors.Is(err, errnoAborted), errors.Is(err, errnoPipe):
		return Reset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return EOF
	}
	return Other
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
