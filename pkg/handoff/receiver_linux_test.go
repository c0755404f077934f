package handoff

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func wantSender(t *testing.T, m Message, pid int) {
	t.Helper()
	if m.PID != pid || m.UID != os.Getuid() {
		t.Errorf("sender: pid %d uid %d, want pid %d uid %d", m.PID, m.UID, pid, os.Getuid())
	}
}

func TestReceiverOutOfDescriptors(t *testing.T) {
	runNoticeChild(t, "TestNoticeChildStarves", "")
}

// TestNoticeChildStarves is a process of its own: the limit holds for all of it.
func TestNoticeChildStarves(t *testing.T) {
	if os.Getenv(noticeChildEnv) == "" {
		return
	}
	r := mustReceive(t)
	out, in := noticePipe(t)
	fd := int(in.Fd())
	sendNotice(t, r.Path(), "FDSTORE=1", fd, fd, fd, fd, fd, fd, fd, fd)
	in.Close()
	var was unix.Rlimit
	noticeMust(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &was))
	free, err := unix.Dup(0) // the lowest free number: three more will fit
	noticeMust(t, err)
	noticeMust(t, unix.Close(free))
	low := was
	low.Cur = uint64(free + 3)
	noticeMust(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, (*syscall.Rlimit)(&low)))
	m := nextNotice(t, r)
	noticeMust(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, (*syscall.Rlimit)(&was)))
	if m.Err == nil || !strings.Contains(m.Err.Error(), "not all of its descriptors arrived") || m.FDs != nil {
		t.Errorf("got %+v", m)
	}
	wantEnd(t, out, "")
	sendNotice(t, r.Path(), "READY=1")
	if m := nextNotice(t, r); !m.Notice.Ready {
		t.Errorf("got %+v", m)
	}
}

func TestReceiverLeaksNothing(t *testing.T) {
	r := mustReceive(t)
	_, in := noticePipe(t)
	fd := int(in.Fd())
	bad := func(rounds int) {
		for range rounds {
			sendNotice(t, r.Path(), "garbage", fd, fd)
			sendNotice(t, r.Path(), "BARRIER=1", fd, fd)
			sendNotice(t, r.Path(), "READY=1", fd)
			sendNotice(t, r.Path(), "FDSTORE=1\nFDNAME="+string(make([]byte, maxNotice)), fd)
			for range 4 {
				if m := nextNotice(t, r); m.FDs != nil {
					t.Fatalf("got %+v", m)
				}
			}
		}
	}
	bad(1) // what the runtime opens once
	before := countDescriptors(t)
	bad(250)
	if after := countDescriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func countDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	noticeMust(t, err)
	return len(entries)
}
