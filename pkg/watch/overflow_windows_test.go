package watch

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// More changes than the system keeps, while nobody takes those before, come back as a loss;
// and what changes after that is told.
func TestOverflowOfTheSystem(t *testing.T) {
	const changes = 500 // some times what fits
	tr := newTree(t, "dir/a.go")
	port, err := windows.CreateIoCompletionPort(windows.InvalidHandle, 0, 0, 1)
	tr.must(err)
	n := &notifier{
		port: port, requests: make(chan request, 1), found: make(chan event), out: make(chan event), done: make(chan struct{}),
		watched: map[string]*watch{}, reads: map[*windows.Overlapped]*watch{},
	}
	go n.run()
	tr.must(n.add(tr.path("dir")))
	for i := range changes {
		tr.write(fmt.Sprint("dir/a-file-with-a-long-name-", i), "")
	}
	go n.pass() // before, nobody took what it found
	for late, lost := time.After(tolerance), false; !lost; {
		select {
		case e := <-n.events():
			lost = e.lost
		case <-late:
			t.Fatal("nothing says that changes were lost")
		}
	}
	tr.write("dir/after", "")
	awaitEvent(t, n, tr.path("dir/after"))
	tr.must(n.close())
}
