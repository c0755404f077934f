package succession

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
)

// Keeper keeps the record of this supervisor.
type Keeper struct {
	path   string
	family string
	boot   string
	self   proc.Identity
	wake   chan struct{}
	syncs  chan chan<- struct{} // to Follow: what to close when it has saved
	begun  atomic.Bool          // Follow has
	retry  time.Duration        // after a record that could not be written

	mu      sync.Mutex // Save may be called beside Follow
	written []byte     // what stands in the file; nil: nothing of ours
	file    os.FileInfo
	failing bool // it was said that it cannot be written
	removed bool
}

// retryTime is how long a record that is out of date may stay so when the disk has room
// again, or whatever was wanting.
const retryTime = 5 * time.Second

// NewKeeper returns the keeper of the record at path, which is not touched yet. It
// goes on with the family of a record that is taken over: who was started while it
// was not written yet is found by that. Where processes cannot be recognised, the
// error wraps errors.ErrUnsupported.
func NewKeeper(path string, of *Record) (*Keeper, error) {
	k := &Keeper{path: path, wake: make(chan struct{}, 1), syncs: make(chan chan<- struct{}), retry: retryTime}
	var err error
	if k.boot, err = proc.Boot(); err != nil {
		return nil, err
	}
	if k.self, err = proc.Self(); err != nil {
		return nil, err
	}
	k.family = rand.Text() + "."
	if of != nil {
		k.family = of.Family
	}
	return k, nil
}

// Family is what the marks of all processes must begin with, behind
// supervise.MarkPrefix.
func (k *Keeper) Family() string { return k.family }

// Changed says that there is something to record. It does not block.
func (k *Keeper) Changed() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// rest is how long what nobody waits for may be unrecorded: while a generation starts
// or drains there is more to come, and the processors are needed elsewhere. Who was
// started meanwhile is found by the family.
const rest = 20 * time.Millisecond

// Follow records what changes until ctx ends. It tells failed once when that cannot
// be done, until it can, and tries again and again.
func (k *Keeper) Follow(ctx context.Context, ask func(context.Context) (supervise.Standing, error), failed func(error)) {
	k.Begin()
	var again <-chan time.Time
	for {
		var saved chan<- struct{}
		select {
		case <-ctx.Done():
			return
		case <-k.wake:
			select {
			case <-ctx.Done():
				return
			case <-time.After(rest):
			case saved = <-k.syncs:
			}
		case <-again:
		case saved = <-k.syncs:
		}
		now, err := ask(ctx)
		if err != nil {
			return // it is ending
		}
		if err := k.Save(now); err != nil {
			failed(err)
		}
		if saved != nil {
			close(saved)
		}
		if again = nil; k.behind() {
			again = time.After(k.retry)
		}
	}
}

// behind reports whether what stands in the file is out of date.
func (k *Keeper) behind() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.failing
}

// Begin says that Follow has begun, or is about to.
func (k *Keeper) Begin() { k.begun.Store(true) }

// Sync returns when Follow has recorded what is now, or could not; or when ctx ends.
// Before Follow has begun it returns at once: then it is the record of another
// supervisor that counts.
func (k *Keeper) Sync(ctx context.Context) {
	if !k.begun.Load() {
		return
	}
	saved := make(chan struct{})
	select {
	case k.syncs <- saved:
	case <-ctx.Done():
		return
	}
	select {
	case <-saved:
	case <-ctx.Done():
	}
}

// Save records what is, if it is not what stands there. While a supervisor that has
// taken over keeps the record, it is left alone. Of errors in a row the first one
// alone is returned.
func (k *Keeper) Save(now supervise.Standing) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	text, err := json.Marshal(k.record(now))
	if err == nil && (k.removed || bytes.Equal(text, k.written)) {
		k.failing = false
		return nil
	}
	lost := false
	if err == nil {
		lost, err = k.lost()
	}
	if err == nil && !lost {
		var file os.FileInfo
		if file, err = write(k.path, text); err == nil {
			k.written, k.file = text, file
		}
	}
	if err == nil {
		k.failing = false
		return nil
	}
	if k.failing {
		return nil
	}
	k.failing = true
	return fmt.Errorf("cannot record what runs: %w; if the supervisor is killed now, the next one will not take its processes over", err)
}

// lost reports whether the record is that of another supervisor, which lives. It fails
// if that cannot be known for now; what is damaged is nobody's.
func (k *Keeper) lost() (bool, error) {
	// That it is the very file that was written here is told sooner than by reading it.
	if at, err := os.Lstat(k.path); err == nil && k.file != nil && os.SameFile(at, k.file) && at.ModTime().Equal(k.file.ModTime()) {
		return false, nil
	}
	r, err := read(k.path)
	for _, passing := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EIO} {
		if errors.Is(err, passing) {
			return false, err
		}
	}
	return err == nil && r.Supervisor != k.self && r.Boot == k.boot && r.Supervisor.Lives(), nil
}

// Remove is for the end, when nothing runs any more.
func (k *Keeper) Remove() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.removed = true
	if k.written == nil {
		return
	}
	if lost, err := k.lost(); err == nil && !lost {
		os.Remove(k.path)
	}
}
