package telemetry

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// Terminal reports whether w is a terminal.
func Terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	var is bool
	err = raw.Control(func(fd uintptr) { is = isatty.IsTerminal(fd) })
	return err == nil && is
}

// Colored reports whether what is written to w should have colours: w is a
// terminal that has them, and NO_COLOR is not set to anything (https://no-color.org).
func Colored(w io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && Terminal(w)
}
