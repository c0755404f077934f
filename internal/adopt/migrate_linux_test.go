package adopt

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	migrate   = "/proc/sys/net/ipv4/tcp_migrate_req"
	inNetwork = "ADOPT_TEST_NETWORK"
)

// Where the kernel moves what waits in the queue of a socket that is closed to the
// others of its group, a version that crashes while it is confirmed loses none of it: the
// one that serves again answers. By eBPF the program has it do so, else it takes
// net.ipv4.tcp_migrate_req. That is set for a network namespace, so the test runs in one
// of its own.
func TestCrashWhileConfirmed(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		if os.Getenv(inNetwork) == "" {
			self := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
			self.Env = append(os.Environ(), inNetwork+"=1")
			self.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
			out, err := self.CombinedOutput()
			if _, ended := err.(*exec.ExitError); err != nil && !ended {
				t.Skip("no network of its own: ", err)
			}
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			return
		}
		setting := "0"
		if _, needed := steer().(classic); needed {
			setting = "1"
		}
		if err := os.WriteFile(migrate, []byte(setting), 0); err != nil {
			t.Skip(err)
		}
		up(t, "lo")
		b, addr := benchBy(t, steer), freeAddress(t)
		old := b.start("serve", addr)
		old.await()
		old.steer()
		next := b.start("serve", addr)
		next.await()
		next.steer()
		next.freeze()
		waiting := queueAt(t, "tcp", addr)
		next.Kill()
		<-next.gone
		if err := b.table.Steer(old.Generation); err != nil {
			t.Fatal(err)
		}
		waiting.answered(t)
	})
}

// up has an interface take packets.
func up(t *testing.T, name string) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	var request struct {
		name  [unix.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}
	copy(request.name[:], name)
	request.flags = unix.IFF_UP
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); e != 0 {
		t.Fatal(e)
	}
}
