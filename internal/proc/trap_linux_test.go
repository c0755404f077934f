//go:build !startagain

package proc

import (
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// Who asks for a trap gets one, and the program runs.
func TestTrap(t *testing.T) {
	for _, trap := range []bool{false, true} {
		var l Launcher
		p, out := start(t, &l, Spec{Trap: trap}, "echo runs")
		if got := line(t, out); got != "runs" {
			t.Errorf("it says %q", got)
		}
		if exit := p.Wait(); exit.Code != 0 {
			t.Error(exit)
		}
		file, err := p.Trap()
		if err != nil || (file != nil) != trap {
			t.Errorf("trap %v: %v, %v", trap, file, err)
		}
		if file != nil {
			file.Close()
		}
	}
}

// A program that cannot be executed leaves no trap behind.
func TestTrapOfNothing(t *testing.T) {
	var l Launcher
	before := openFDs(t)
	if p, err := l.Start(t.Context(), Spec{Path: "/no/such/program", Args: []string{"x"}, Trap: true}); err == nil {
		t.Fatal("it runs as", p.PID())
	}
	if after := openFDs(t); after > before {
		t.Errorf("%d descriptors are open, %d were", after, before)
	}
}

func openFDs(t *testing.T) int {
	t.Helper()
	collect()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// collect has the files closed that earlier tests have left to the garbage collector, so
// that they are not counted once and not the next time.
func collect() {
	finalized, cleaned := make(chan struct{}), make(chan struct{})
	func() {
		last := new([64]byte)
		runtime.AddCleanup(last, func(c chan struct{}) { close(c) }, cleaned)
		runtime.SetFinalizer(last, func(*[64]byte) { close(finalized) })
	}()
	runtime.GC()
	<-finalized
	runtime.GC() // what has a finalizer is cleaned up after it
	<-cleaned
}

// Only the calls that are asked for wait, and those of programs of 32 bits pass: their
// numbers mean others.
func TestFilter(t *testing.T) {
	bind, unlinkat := uint32(unix.SYS_BIND), uint32(unix.SYS_UNLINKAT)
	const allow, wait = uint32(unix.SECCOMP_RET_ALLOW), uint32(unix.SECCOMP_RET_USER_NOTIF)
	for _, c := range []struct {
		spec       Spec
		arch, call uint32
		want       uint32
	}{
		{Spec{}, auditArch, bind, wait},
		{Spec{}, auditArch, unix.SYS_LISTEN, wait},
		{Spec{}, auditArch, unlinkat, allow},
		{Spec{TrapUnlink: true}, auditArch, bind, wait},
		{Spec{TrapUnlink: true}, auditArch, unlinkat, wait},
		{Spec{TrapUnlink: true}, auditArch, unix.SYS_CONNECT, allow},
		{Spec{TrapUnlink: true}, unix.AUDIT_ARCH_I386, bind, allow},
		{Spec{}, unix.AUDIT_ARCH_I386, unix.SYS_LISTEN, allow},
	} {
		if got := verdict(filter(trapped(c.spec)), c.arch, c.call); got != c.want {
			t.Errorf("%+v: verdict %#x", c, got)
		}
	}
}

// verdict is what the kernel would say to a call.
func verdict(program []unix.SockFilter, arch, call uint32) (a uint32) {
	for at := 0; at < len(program); at++ {
		switch i := program[at]; i.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			a = map[uint32]uint32{0: call, 4: arch}[i.K]
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
			if a == i.K {
				at += int(i.Jt)
			} else {
				at += int(i.Jf)
			}
		case unix.BPF_RET | unix.BPF_K:
			return i.K
		}
	}
	return 0
}
