package logger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// Supported says whether this platform has loggers.
const Supported = false

// Options are whom a Logger tells what it hears, which is nothing here.
type Options struct {
	Heard  func(service string, generation int, line string)
	Missed func(service string, generation int, lines int)
	Notice func(text string)
}

// Logger is no process here: what is to go to a file, services write there by
// themselves. So it is theirs whatever becomes of the supervisor, but nobody else sees the
// lines, and a process writes to the file that it was started with, also once that has
// another name.
type Logger struct{}

// Tap is where one process prints.
type Tap struct{ file *os.File }

// New returns a Logger.
func New(Options) *Logger { return &Logger{} }

// Attach opens the file of s. Without one it fails with errors.ErrUnsupported.
func (*Logger) Attach(s Sink) (*Tap, error) {
	if s.File == "" {
		return nil, fmt.Errorf("cannot write the output anywhere but to a file: %w on this platform; set logs to inherit or prefix", errors.ErrUnsupported)
	}
	f, err := OpenFile(s.File)
	if err != nil {
		return nil, fmt.Errorf("cannot open the log file: %w", err)
	}
	return &Tap{f}, nil
}

// OpenFile opens a file to add lines to, so that it can be renamed and removed meanwhile.
// One that is missing is made.
func OpenFile(path string) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err == nil {
		var h windows.Handle
		// Who may append and not write appends each time at the end, whoever else does.
		h, err = windows.CreateFile(name, windows.FILE_APPEND_DATA|windows.SYNCHRONIZE,
			windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil, windows.OPEN_ALWAYS, windows.FILE_ATTRIBUTE_NORMAL, 0)
		if err == nil {
			return os.NewFile(uintptr(h), path), nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: path, Err: err}
}

// Reopen does nothing: each process has its file.
func (*Logger) Reopen() {}

// Close does nothing.
func (*Logger) Close() {}

// FD is the handle of the file.
func (t *Tap) FD() int { return int(t.file.Fd()) }

// Started closes our handle: the process has its own.
func (t *Tap) Started() { t.file.Close() }

// Close has nothing to wait for.
func (t *Tap) Close(time.Duration) {}
