//go:build unix

package proc

import (
	"os"
	"sync"
	"syscall"
)

// ending is what a process tree was asked to do about its end.
type ending struct {
	mu     sync.Mutex
	asked  syscall.Signal // 0: nobody asked
	killed bool
	wake   func() // has await look again; nil while nobody waits
}

func (e *ending) ask(s os.Signal) {
	if sig, ok := s.(syscall.Signal); ok {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.asked = sig
	}
}

func (e *ending) cut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.killed = true
	if e.wake != nil {
		e.wake()
	}
}
