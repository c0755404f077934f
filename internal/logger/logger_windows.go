package logger

import (
	"errors"
	"fmt"
	"time"
)

// Supported says whether this platform has loggers.
const Supported = false

// Options are whom a Logger tells what it hears.
type Options struct {
	Heard  func(service string, generation int, line string)
	Missed func(service string, generation int, lines int)
	Notice func(text string)
}

// Logger does not exist here: services write where the supervisor does.
type Logger struct{}

// Tap is where one process prints.
type Tap struct{}

// New returns a Logger that refuses everything.
func New(Options) *Logger { return &Logger{} }

// Attach fails with errors.ErrUnsupported.
func (*Logger) Attach(Sink) (*Tap, error) {
	return nil, fmt.Errorf("cannot write the output to a file: %w on this platform; set logs to inherit or prefix", errors.ErrUnsupported)
}

// Reopen does nothing.
func (*Logger) Reopen() {}

// Close does nothing.
func (*Logger) Close() {}

// FD is never called.
func (*Tap) FD() int { return -1 }

// Started is never called.
func (*Tap) Started() {}

// Close is never called.
func (*Tap) Close(time.Duration) {}
