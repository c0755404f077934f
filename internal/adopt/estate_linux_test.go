package adopt

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// successor is another bench that takes over what this one has.
func (b *bench) successor() *bench {
	b.Helper()
	next := benchBy(b.T, b.table.steer)
	next.last = b.last
	e, err := b.table.Bequeath()
	if err != nil {
		b.Fatal(err)
	}
	next.table.Inherit(e)
	return next
}

// version is who answers a new connection.
func version(t *testing.T, addr string) string {
	t.Helper()
	c := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Get("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.Header.Get("X-Version")
}

// wantMembers wants so many sockets at the one place.
func (b *bench) wantMembers(n int) {
	b.Helper()
	b.table.mu.Lock()
	defer b.table.mu.Unlock()
	if len(b.table.groups) != 1 || len(b.table.groups[0].members) != n {
		b.Errorf("want %d sockets: %+v", n, b.table.groups)
	}
}

// What ends while the table before is still there is let go of when that one is gone,
// though the order of the sockets leaves no one that could go alone.
func TestEndedBeforeItWasDeserted(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		b, addr := benchBy(t, steer), freeAddress(t)
		old := b.start("serve", addr)
		old.await()
		old.steer()
		heir := b.successor()
		first := heir.start("serve", addr)
		first.await()
		first.steer()
		b.table.Yield()
		second := heir.start("serve", addr)
		second.await()
		second.steer()
		first.quiesce()
		first.end()
		old.quiesce()
		old.end()
		if _, counted := heir.table.groups[0].by.(classic); counted {
			heir.wantMembers(3) // the numbers of the other table's are not ours to change
		} else {
			heir.wantMembers(2)
		}
		b.table.Close()
		heir.table.Deserted()
		heir.wantMembers(1)
		if got := version(t, addr); got != fmt.Sprint(second.PID()) {
			t.Errorf("%s answers, not %d", got, second.PID())
		}
	})
}

// An abstract name is given on to the next version, though the table has not heard yet
// of the end of the one that had it under the table before.
func TestAbstractNameSucceeds(t *testing.T) {
	b, name := newBench(t), "@adopt-"+rand.Text()
	old := b.start("plain", name)
	old.await()
	old.steer()
	heir := b.successor()
	b.table.Yield()
	old.end()
	next := heir.start("plain", name)
	next.await()
	c, err := net.Dial("unix", name)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// One table after the other takes over, and no connection is lost.
func TestTablesSucceedEachOther(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		b, addr := benchBy(t, steer), freeAddress(t)
		old := b.start("serve", addr)
		old.await()
		old.steer()
		end := b.loaded(load.Config{Load: load.HTTP, Path: "/?d=100ms", Address: addr, Workers: 32, Rate: 200})
		for range 5 {
			heir := b.successor()
			next := heir.start("serve", addr)
			next.await()
			next.steer()
			b.table.Yield()
			old.quiesce()
			old.end()
			b.table.Close()
			heir.table.Deserted()
			heir.wantMembers(1)
			b, old = heir, next
		}
		if r := end(); r.Requests == 0 || r.Failed() != 0 {
			t.Errorf("want no loss: %v", r)
		} else {
			t.Log(r)
		}
	})
}

// What one that does not come to be in charge has steered, and what it leaves open for
// a moment, does not lead the other one astray.
func TestTableThatDoesNotSucceed(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		b, addr := benchBy(t, steer), freeAddress(t)
		old := b.start("serve", addr)
		old.await()
		old.steer()
		serving := version(t, addr)
		for range 2 {
			heir := b.successor()
			next := heir.start("serve", addr)
			next.await()
			if got := version(t, addr); got != serving {
				t.Fatal("the new one answers before it may")
			}
			next.steer()
			if got := version(t, addr); got == serving {
				t.Fatal("the old one answers still")
			}
			if err := heir.table.Withdraw(); err != nil {
				t.Fatal(err)
			}
			if got := version(t, addr); got != serving {
				t.Fatal("the new one answers still")
			}
			next.steer()
			b.table.Reclaim() // the other one was killed; its process still listens
			if got := version(t, addr); got != serving {
				t.Fatal("the new one answers after it was given up")
			}
			heir.table.Close()
			next.Kill()
			<-next.gone
			b.last = heir.last
			again := b.start("serve", addr)
			again.await()
			again.steer()
			old.quiesce()
			old.end()
			<-old.gone
			if serving = version(t, addr); serving == "" {
				t.Fatal("nobody answers")
			}
			old = again
		}
		b.wantGoneTo(1)
	})
}

// wantGoneTo waits until as few sockets are left.
func (b *bench) wantGoneTo(n int) {
	b.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		b.table.mu.Lock()
		left := 0
		for _, g := range b.table.groups {
			left += len(g.members)
		}
		b.table.mu.Unlock()
		if left == n {
			return
		}
	}
	b.wantMembers(n)
}

// A table that was killed is gone on from by what its processes have, whatever of its
// record can be relied upon.
func TestResume(t *testing.T) {
	for name, forget := range map[string]func([]Known) []Known{
		"all is on record":     func(all []Known) []Known { return all },
		"nothing is":           func([]Known) []Known { return nil },
		"the newest is not":    func(all []Known) []Known { return all[:len(all)-1] },
		"one is that is not":   func(all []Known) []Known { return append([]Known{{Owner: Owner{1, 1}, Inode: 1}}, all...) },
		"the oldest is not":    func(all []Known) []Known { return all[1:] },
		"all but in disorder":  func(all []Known) []Known { return append(all[1:2:2], append(all[:1:1], all[2:]...)...) },
		"one is no survivor's": func(all []Known) []Known { return all },
		"with somebody else's": func(all []Known) []Known { return append(all[:len(all):len(all)], Known{Owner: Owner{9, 9}, Inode: 2}) },
	} {
		resume := func(t *testing.T, steer func() steering) {
			b, addr := benchBy(t, steer), freeAddress(t)
			var all []*started
			for range 3 {
				c := b.start("serve", addr)
				c.await()
				c.steer()
				all = append(all, c)
			}
			serving := version(t, addr)
			known, _ := b.table.Known()
			if len(known) != 3 {
				t.Fatalf("known are %v", known)
			}
			if name == "all but in disorder" {
				known = known[:2] // the third will be a surprise, so that order counts for nothing
			}
			var trees []Survivor
			for _, c := range all {
				trees = append(trees, Survivor{Tree{c.Owner, c.Contains, false}, []int{c.PID()}})
			}
			if name == "one is no survivor's" {
				trees = trees[1:]
			}
			if err := guard(b.table.groups[0].members[2].fd); err != nil {
				t.Fatal(err)
			}
			next := benchBy(t, steer)
			next.last = b.last
			b.table.Close()
			next.table.Resume(all[2].Generation, trees, forget(known), nil)
			next.wantMembers(3)
			if !next.table.Overlaps() {
				t.Error("the next generation would have to wait")
			}
			if got := version(t, addr); got != serving {
				t.Errorf("%s answers, want %s", got, serving)
			}
			end := b.loaded(load.Config{Load: load.HTTP, Path: "/?d=50ms", Address: addr, Workers: 16, Rate: 100})
			// The second one, too, because not every order lets all leave at once.
			for range 2 {
				c := next.start("serve", addr)
				c.await()
				c.steer()
				for _, old := range all {
					next.quiesceOwner(old.Owner)
					old.end()
					next.table.Gone(old.Owner)
				}
				all = []*started{c}
			}
			next.wantMembers(1)
			if r := end(); r.Requests == 0 || r.Failed() != 0 {
				t.Errorf("want no loss: %v", r)
			}
		}
		t.Run(name, func(t *testing.T) {
			if name == "nothing is" || name == "one is no survivor's" {
				ways(t, resume)
			} else { // what differs is their order, which counts for nothing by eBPF
				resume(t, func() steering { return classic{} })
			}
		})
	}
}

func (b *bench) quiesceOwner(o Owner) {
	b.Helper()
	(&started{Owner: o, b: b}).quiesce()
}
