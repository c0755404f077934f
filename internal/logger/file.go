//go:build unix

package logger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"
)

// OpenFile opens a file to add lines to. One that is missing is made with mode 0640.
func OpenFile(path string) (*os.File, error) {
	// Without O_NONBLOCK a fifo that nobody reads would hold us up.
	return os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NONBLOCK, 0o640)
}

// retry is how often a file that cannot be written is tried.
const retry = time.Second

// file is a path that lines are added to. What stands there may be renamed at any time:
// then the next line makes a new one.
type file struct {
	path string
	tell func(string)
	end  <-chan struct{} // nothing is tried any more

	mu   sync.Mutex // held for a system call or two, which may take long: a fifo that is full
	f    *os.File   // nil: it cannot be opened
	is   fs.FileInfo
	told string // what was told last of what is wrong
}

// Write adds whole lines. It tries until all of them are written: half a line would be
// torn, since others write to the file, too.
func (f *file) Write(lines []byte) (int, error) {
	rest, whole := lines, true
	for {
		n, err := f.add(rest, whole)
		rest = rest[n:]
		if len(rest) == 0 {
			return len(lines), nil
		}
		whole = whole && n == 0 || n > 0 && lines[len(lines)-len(rest)-1] == '\n'
		if err == nil {
			continue
		}
		select {
		case <-time.After(retry):
		case <-f.end:
			return len(lines) - len(rest), err
		}
	}
}

// add writes what it can. Between whole lines it looks whether the path is another file.
func (f *file) add(b []byte, whole bool) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if whole {
		f.check()
	}
	if f.f == nil {
		return 0, os.ErrClosed
	}
	n, err = f.f.Write(b)
	f.say("write", err)
	return n, err
}

// look opens the path again if it is another file. Whoever writes at this moment does
// so before the next lines.
func (f *file) look() {
	if !f.mu.TryLock() {
		return
	}
	defer f.mu.Unlock()
	f.check()
}

func (f *file) check() {
	now, err := os.Stat(f.path)
	if err == nil && f.f != nil && os.SameFile(now, f.is) {
		return
	}
	fresh, err := OpenFile(f.path)
	if err == nil {
		if now, err = fresh.Stat(); err != nil {
			fresh.Close()
		}
	}
	f.say("open", err)
	if err != nil {
		return // the former one still takes lines
	}
	if f.f != nil {
		f.f.Close()
	}
	f.f, f.is = fresh, now
}

// say tells once what is wrong, and that it is not any more.
func (f *file) say(what string, err error) {
	text := ""
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err
		}
		text = fmt.Sprintf("cannot %s the log file %s: %v", what, f.path, err)
	}
	if what == "open" && err == nil && f.told != "" {
		return // whether it can be written is not known yet
	}
	if text != f.told && text != "" {
		f.tell(text)
	}
	f.told = text
}
