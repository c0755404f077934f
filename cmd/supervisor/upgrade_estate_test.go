//go:build unix

package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// A socket that cannot be looked at is told of by its address, with what to do; nothing
// that was left stays open here.
func TestEstateWithABadSocket(t *testing.T) {
	address, err := listener.Parse("web=tcp://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	state, err := json.Marshal(estate{Version: estateVersion, Sockets: []leftSocket{{address.Key(), true}}})
	if err != nil {
		t.Fatal(err)
	}
	control, err := unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	// Nobody has the other one.
	_, err = readEstate(handoff.Bequest{State: state, FDs: []int{control, 1 << 20}})
	if err == nil || !strings.HasPrefix(err.Error(), "cannot take over: cannot use inherited descriptor 1048576 (web=tcp://127.0.0.1:1): bad file descriptor") {
		t.Errorf("%v", err)
	}
	if hint := hintOf(err); !strings.Contains(hint, "nothing is lost") || !strings.Contains(hint, "again") {
		t.Errorf("the hint is %q", hint)
	}
	if _, err := unix.FcntlInt(uintptr(control), unix.F_GETFD, 0); err == nil {
		t.Error("the control socket is open still")
	}
}
