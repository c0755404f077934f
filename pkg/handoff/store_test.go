//go:build unix

package handoff

import (
	"os"
	"syscall"
	"testing"
)

// What a process is being started with stays open, whatever becomes of it meanwhile.
func TestStoreKeepsWhatIsTaken(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fd, err := syscall.Dup(int(r.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	var s Store
	s.Add(Message{Notice: Notice{FDName: "kept", NoPoll: true}, FDs: []int{fd}})
	taken, release := s.Take()
	if len(taken) != 1 || taken[0].FD != fd {
		t.Fatalf("taken: %+v, want descriptor %d", taken, fd)
	}
	s.Remove("kept")
	if !sameFile(fd, int(r.Fd())) {
		t.Error("it was closed while a process was being started with it")
	}
	if again, done := s.Take(); len(again) != 0 {
		t.Errorf("what was removed is taken again: %+v", again)
	} else {
		done()
	}
	release()
	if sameFile(fd, int(r.Fd())) {
		t.Error("it is open after its last use")
	}
}
