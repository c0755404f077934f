package succession

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
)

func standing(last int) supervise.Standing {
	return supervise.Standing{
		Sockets:  []supervise.StandingSocket{{Key: "b", Inode: 2}, {Key: "a", Inode: 1}},
		Services: []supervise.Former{{Name: "web", Last: last, Generations: []supervise.FormerGeneration{{Number: last, Phase: lifecycle.Serving}}}},
	}
}

func keeper(t *testing.T, path string, of *Record) *Keeper {
	t.Helper()
	k, err := NewKeeper(path, of)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func onRecord(t *testing.T, path string) *Record {
	t.Helper()
	r, err := read(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestKeeper(t *testing.T) {
	path := place(t)
	k := keeper(t, path, nil)
	if other := keeper(t, path, nil); other.Family() == k.Family() {
		t.Error("two families have one name")
	}
	r := sample()
	if heir := keeper(t, path, &r); heir.Family() != r.Family {
		t.Errorf("the heir's family is %q", heir.Family())
	}
	ctx, cancel := context.WithCancel(t.Context())
	now, asked, done := standing(1), make(chan struct{}, 10), make(chan struct{})
	go func() {
		defer close(done)
		k.Follow(ctx, func(context.Context) (supervise.Standing, error) { asked <- struct{}{}; return now, nil }, func(err error) { t.Error(err) })
	}()
	k.Changed()
	<-asked
	k.Changed()
	<-asked // the first one has been saved
	got := onRecord(t, path)
	if self, _ := proc.Self(); got.Supervisor != self || got.Family != k.Family() || len(got.Sockets) != 2 || got.Sockets[0].Key != "a" || got.Services[0].Last != 1 {
		t.Errorf("on record is %+v", got)
	}
	cancel()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
	k.Remove()
	if err := k.Save(standing(2)); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(path[:strings.LastIndex(path, "/")]); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// What has not changed is not written again.
func TestKeeperWritesChangesAlone(t *testing.T) {
	path := place(t)
	k := keeper(t, path, nil)
	for range 2 {
		if err := k.Save(standing(1)); err != nil {
			t.Fatal(err)
		}
		os.Remove(path)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it was written twice")
	}
}

// While another supervisor that lives keeps the record, it is his.
func TestKeeperLeavesTheRecordOfAnother(t *testing.T) {
	path := place(t)
	k := keeper(t, path, nil)
	if err := k.Save(standing(1)); err != nil {
		t.Fatal(err)
	}
	r := sample()
	r.Supervisor = living(t)
	if _, err := write(path, encoded(r)); err != nil {
		t.Fatal(err)
	}
	if err := k.Save(standing(2)); err != nil {
		t.Error(err)
	}
	k.Remove()
	if got := onRecord(t, path); got.Supervisor != r.Supervisor {
		t.Errorf("it is %+v now", got)
	}
	// That one is gone: it is ours again.
	r.Supervisor = gonePID
	if _, err := write(path, encoded(r)); err != nil {
		t.Fatal(err)
	}
	k = keeper(t, path, nil)
	if err := k.Save(standing(3)); err != nil {
		t.Error(err)
	}
	if got := onRecord(t, path); got.Services[0].Last != 3 {
		t.Errorf("it is %+v now", got)
	}
}

// living is a process that lives as long as the test.
func living(t *testing.T) proc.Identity {
	t.Helper()
	e := newEstate(t)
	id := e.leave("another", "1").Identity
	id.Mark = ""
	return id
}

// A disk that is full is told of once, until it is not.
func TestKeeperFails(t *testing.T) {
	dir := t.TempDir() + "/gone"
	k := keeper(t, dir+"/control.state", nil)
	if err := k.Save(standing(1)); err == nil || !strings.HasPrefix(err.Error(), "cannot record what runs: ") || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a directory: %v", err)
	}
	if err := k.Save(standing(2)); err != nil {
		t.Errorf("once more: %v", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := k.Save(standing(3)); err != nil {
		t.Error(err)
	}
	os.RemoveAll(dir)
	if err := k.Save(standing(4)); err == nil {
		t.Error("a failure after that is not told")
	}
}

// What could not be written is written as soon as it can, though nothing changes.
func TestKeeperTriesAgain(t *testing.T) {
	dir := t.TempDir() + "/gone"
	k := keeper(t, dir+"/control.state", nil)
	k.retry = time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	asked, failed, done := make(chan struct{}), make(chan error, 10), make(chan struct{})
	go func() {
		defer close(done)
		k.Follow(ctx, func(context.Context) (supervise.Standing, error) {
			select {
			case asked <- struct{}{}:
			case <-ctx.Done():
			}
			return standing(1), ctx.Err()
		}, func(err error) { failed <- err })
	}()
	k.Changed()
	<-asked
	if err := <-failed; !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a directory: %v", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	deadline, look := time.After(patience), time.NewTicker(time.Millisecond)
	defer look.Stop()
	for {
		if r, err := read(dir + "/control.state"); err == nil && r.Services[0].Last == 1 {
			break
		}
		select {
		case <-asked:
		case <-look.C:
		case <-deadline:
			t.Fatal("nothing is on record")
		}
	}
	cancel()
	<-done
}
