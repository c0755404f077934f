//go:build !linux

package doctor

import "context"

// lookAtInotify finds none: inotify is Linux's.
func lookAtInotify(context.Context, Options) *Inotify { return nil }
