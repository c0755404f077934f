//go:build unix

package terminal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// tty is a terminal, opened anew. Go's poller watches it by edges: a read that is
// not made while a shell has the terminal is tried again when more was typed.
type tty struct {
	*os.File
	raw   syscall.RawConn
	saved *unix.Termios // the mode to give back; nil: it is as it was
}

func openTTY(out *os.File) (*tty, error) {
	if term := os.Getenv("TERM"); term == "" || term == "dumb" {
		return nil, ErrNotTerminal
	}
	name, err := nameOf(out)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open the terminal: %w", err)
	}
	if err := f.SetDeadline(time.Time{}); err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot wait for the terminal %s: %w: %w", name, ErrUnsupported, err)
	}
	raw, err := f.SyscallConn()
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot use the terminal %s: %w", name, err)
	}
	return &tty{File: f, raw: raw}, nil
}

// nameOf is where the terminal that f is can be opened again.
func nameOf(f *os.File) (name string, err error) {
	err = onFD(f, func(fd int) (err error) {
		if _, err := unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ); err != nil {
			return ErrNotTerminal
		}
		name, err = ttyName(fd)
		return err
	})
	return name, err
}

// sameTerminal reports whether two files are one terminal. Between /dev/tty and
// its own name it finds none: keys are then not taken.
func sameTerminal(one, other *os.File) bool {
	var devices [2]unix.Stat_t
	for i, f := range []*os.File{one, other} {
		err := onFD(f, func(fd int) error {
			if _, err := unix.IoctlGetTermios(fd, getMode); err != nil {
				return err
			}
			return unix.Fstat(fd, &devices[i])
		})
		if err != nil {
			return false
		}
	}
	return devices[0].Rdev == devices[1].Rdev
}

func onFD(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	return control(raw, do)
}

func control(raw syscall.RawConn, do func(fd int) error) (err error) {
	if failed := raw.Control(func(fd uintptr) { err = do(int(fd)) }); failed != nil {
		return failed
	}
	return err
}

func (t *tty) size() (columns, rows int) {
	control(t.raw, func(fd int) error {
		size, err := unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ)
		if err == nil {
			columns, rows = int(size.Col), int(size.Row)
		}
		return err
	})
	if columns == 0 || rows == 0 { // some do not know
		return 80, 24
	}
	return columns, rows
}

// foreground: a terminal that does not control this process has no shell that
// could hand it to another job.
func (t *tty) foreground() (ours bool) {
	control(t.raw, func(fd int) error {
		group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
		ours = err != nil || group == unix.Getpgrp()
		return nil
	})
	return ours
}

// cbreak lets keys be read one by one and not be echoed. Ctrl-C, Ctrl-Z and Ctrl-\
// stay signals. In the background it does nothing: there it would bring SIGTTOU.
func (t *tty) cbreak() error {
	if !t.foreground() {
		return nil
	}
	return control(t.raw, func(fd int) error {
		mode, err := unix.IoctlGetTermios(fd, getMode)
		if err != nil {
			return err
		}
		if t.saved == nil {
			saved := *mode
			t.saved = &saved
		}
		mode.Lflag &^= unix.ICANON | unix.ECHO
		mode.Cc[unix.VMIN], mode.Cc[unix.VTIME] = 1, 0
		return unix.IoctlSetTermios(fd, setMode, mode)
	})
}

// restore gives the mode back, at once: a stopped terminal need not take what was
// written. In the background the shell has set its own, which stays.
func (t *tty) restore() error {
	saved := t.saved
	t.saved = nil
	if saved == nil || !t.foreground() {
		return nil
	}
	err := control(t.raw, func(fd int) error { return unix.IoctlSetTermios(fd, setMode, saved) })
	if errors.Is(err, unix.EIO) {
		return nil // it is gone
	}
	return err
}

// typed waits for input and returns it. It reads only in the foreground: elsewhere
// input is the shell's, and reading it would bring SIGTTIN.
func (t *tty) typed() (p []byte, err error) {
	buffer := make([]byte, 64)
	var n int
	waited := t.raw.Read(func(fd uintptr) bool {
		if !t.foreground() {
			return false
		}
		for n, err = unix.Read(int(fd), buffer); err == unix.EINTR; {
			n, err = unix.Read(int(fd), buffer)
		}
		return err != unix.EAGAIN
	})
	switch {
	case waited != nil:
		return nil, waited
	case err != nil:
		return nil, err
	case n == 0:
		return nil, io.EOF // hung up
	}
	return buffer[:n], nil
}

func (t *tty) stopReading() { t.SetReadDeadline(time.Unix(1, 0)) }
