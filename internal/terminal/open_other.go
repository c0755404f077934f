//go:build !unix

package terminal

import "os"

// Options of a Terminal.
type Options struct {
	Out *os.File // where lines go; nil: the standard output
	In  *os.File // where keys come from; nil: there are none
}

// Terminal is a screen and the keys below it.
type Terminal struct{ *screen }

// Open fails with ErrUnsupported: there is no such terminal on this system yet.
func Open(Options) (*Terminal, error) { return nil, ErrUnsupported }

// Keys gives what is typed.
func (t *Terminal) Keys() <-chan Key { return nil }

// Close gives the terminal back.
func (t *Terminal) Close() error { return nil }
