//go:build unix

package terminal

import (
	"errors"
	"os"
	"os/signal"
	"sync"

	"golang.org/x/sys/unix"
)

// Options of a Terminal.
type Options struct {
	Out *os.File // where lines go; nil: the standard output
	// In is where keys come from; nil: there are none, since something else reads
	// the terminal. They are taken only if it is the same terminal.
	In *os.File
}

// Terminal is a screen and the keys below it.
type Terminal struct {
	*screen
	tty     *tty
	keys    chan Key
	signals chan os.Signal
	quit    chan struct{}
	jobs    sync.WaitGroup
}

// Open takes a terminal over, for Close to give back, once. It opens it once more,
// so that nobody who shares its descriptors notices that reads and writes do not
// block here. As long as it is open, nobody else should write to the terminal: what
// a service prints there itself would stand among the lines that change.
//
// The error is ErrNotTerminal or ErrUnsupported, or says why the terminal cannot be
// opened; the output can then be written to as ever.
func Open(o Options) (*Terminal, error) {
	if o.Out == nil {
		o.Out = os.Stdout
	}
	tty, err := openTTY(o.Out)
	if err != nil {
		return nil, err
	}
	t := &Terminal{tty: tty, screen: newScreen(tty), signals: make(chan os.Signal, 8), quit: make(chan struct{})}
	input := make(chan []byte)
	if o.In != nil && sameTerminal(o.Out, o.In) {
		t.keys = make(chan Key, 16)
		t.jobs.Go(func() { t.read(input) })
	}
	// A shell without job control may have told us to ignore it.
	if !signal.Ignored(unix.SIGTSTP) {
		signal.Notify(t.signals, unix.SIGTSTP)
	}
	signal.Notify(t.signals, unix.SIGCONT)
	t.takeKeys()
	t.jobs.Go(func() { t.follow(input) })
	return t, nil
}

// Keys gives what is typed. It is nil if there are no keys to come, and closed when
// the terminal is gone or was closed.
func (t *Terminal) Keys() <-chan Key { return t.keys }

// Close shows what was written, takes away what stands at the bottom, and gives the
// terminal back as it was. What is written later is lost. If the terminal is
// stopped (Ctrl-S), it waits for it a second, no longer.
func (t *Terminal) Close() error {
	t.screen.close()
	signal.Stop(t.signals)
	close(t.quit)
	t.tty.stopReading()
	t.jobs.Wait()
	return errors.Join(t.tty.restore(), t.tty.Close())
}
