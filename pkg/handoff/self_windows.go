package handoff

import (
	"context"
	"errors"
	"fmt"
)

// Self is never made on Windows.
type Self struct{}

var errNoSelf = fmt.Errorf("cannot upgrade: Windows passes no sockets from one supervisor to the next; stop it and start the new one: %w", errors.ErrUnsupported)

// NewSelf returns an error that wraps errors.ErrUnsupported.
func NewSelf(SelfOptions) (*Self, error) { return nil, errNoSelf }

func (*Self) Inherited() (Bequest, bool)                    { return Bequest{}, false }
func (*Self) GivenUp() <-chan struct{}                      { return nil }
func (*Self) Ready() error                                  { return errNoSelf }
func (*Self) Failed(text, hint string, code int)            {}
func (*Self) Alone() <-chan struct{}                        { return nil }
func (*Self) Upgrade(context.Context, Bequest) (int, error) { return 0, errNoSelf }
func (*Self) Close()                                        {}
