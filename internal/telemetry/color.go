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

// Colored reports whether what is written to w should have colours. In this order:
// NO_COLOR set to anything forbids them (https://no-color.org), FORCE_COLOR or
// CLICOLOR_FORCE set to anything but 0 or false asks for them wherever w goes,
// CLICOLOR=0 and TERM=dumb are against them, and a terminal is for them
// (https://bixense.com/clicolors).
func Colored(w io.Writer) bool {
	switch {
	case os.Getenv("NO_COLOR") != "":
		return false
	case wanted("FORCE_COLOR"), wanted("CLICOLOR_FORCE"):
		return true
	}
	return os.Getenv("CLICOLOR") != "0" && os.Getenv("TERM") != "dumb" && Terminal(w)
}

func wanted(variable string) bool {
	v := os.Getenv(variable)
	return v != "" && v != "0" && v != "false"
}
