//go:build unix

package terminal

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// follow hands keys on and follows the job control of a shell. It alone changes the
// mode of the terminal.
//
//	         Ctrl-Z: give back, stop
//	watched ─────────────────────────▶ stopped
//	  ▲  ▲      fg: take keys again       │
//	  │  └────────────────────────────────┤
//	  │ the first key after fg            │ bg
//	  └──────────── in the background ◀───┘
func (t *Terminal) follow(input <-chan []byte) {
	end := sync.OnceFunc(func() {
		if t.keys != nil {
			close(t.keys)
		}
	})
	defer end()
	var d decoder
	for {
		select {
		case p, open := <-input:
			if !open {
				end()
				input = nil
				continue
			}
			t.takeKeys()
			for _, k := range d.decode(p) {
				t.press(k)
			}
		case s := <-t.signals:
			t.jobControl(s)
		case <-t.quit:
			return
		}
	}
}

func (t *Terminal) jobControl(s os.Signal) {
	if s == unix.SIGTSTP {
		if !resumable() {
			return
		}
		t.suspend()
	}
	t.takeKeys()
	t.screen.resume()
}

// press hands a key on, unless nobody has taken the last ones.
func (t *Terminal) press(k Key) {
	select {
	case t.keys <- k:
	default:
	}
}

// takeKeys: what cannot be set now, since a shell has the terminal, is set when the
// terminal is ours.
func (t *Terminal) takeKeys() {
	if t.keys != nil {
		t.tty.cbreak()
	}
}

// suspend stops this process as the signal would have done, had we not had to give
// the terminal back first, and returns when it goes on.
func (t *Terminal) suspend() {
	t.screen.pause()
	t.tty.restore()
	// SIGTSTP itself cannot be had back: Go leaves its handler where it was.
	unix.Kill(os.Getpid(), unix.SIGSTOP)
	for {
		select {
		case s := <-t.signals:
			if s == unix.SIGCONT {
				return
			}
		case <-t.quit:
			return
		}
	}
}

// resumable reports whether a shell is there that could let us go on: it gives each
// job a process group of its own. Without one Ctrl-Z means nothing, as the kernel
// has it for orphaned process groups.
func resumable() bool {
	session, err := unix.Getsid(0)
	return err == nil && session != unix.Getpgrp()
}

// read sends what is typed until the terminal is gone or reading is stopped.
func (t *Terminal) read(input chan<- []byte) {
	defer close(input)
	for {
		p, err := t.tty.typed()
		if err != nil {
			return
		}
		select {
		case input <- p:
		case <-t.quit:
			return
		}
	}
}
