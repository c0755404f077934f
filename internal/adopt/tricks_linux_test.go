package adopt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// tricks are what a service may do with its sockets, each in a process of its own:
// what it sees must be what it would see without us.
var tricks = map[string]func(addr string) error{
	"binds twice": func(addr string) error {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return err
		}
		defer l.Close()
		return refused(net.Listen("tcp", addr))
	},
	"closes and binds again": func(addr string) error {
		for range 3 {
			l, err := net.Listen("tcp", addr)
			if err != nil {
				return err
			}
			if err := reached(l); err != nil {
				return err
			}
			l.Close()
		}
		return nil
	},
	"binds what is taken": func(addr string) error { return refused(net.Listen("tcp", addr)) },
	"gives a bad pointer": func(string) error {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err != nil {
			return err
		}
		if _, _, e := unix.Syscall(unix.SYS_BIND, uintptr(fd), 1, 16); e != unix.EFAULT {
			return fmt.Errorf("bind says %w", e)
		}
		return nil
	},
	"gives no address": func(string) error {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err != nil {
			return err
		}
		if _, _, e := unix.Syscall(unix.SYS_BIND, uintptr(fd), 0, 0); e != unix.EINVAL {
			return fmt.Errorf("bind says %w", e)
		}
		return nil
	},
	"binds a datagram socket twice": func(addr string) error {
		l, err := net.ListenPacket("udp", addr)
		if err != nil {
			return err
		}
		defer l.Close()
		again, err := net.ListenPacket("udp", addr)
		if !errors.Is(err, unix.EADDRINUSE) {
			return fmt.Errorf("it is bound as %v: %w", again, err)
		}
		return nil
	},
	"gives a bad descriptor": func(string) error {
		if err := unix.Bind(999, &unix.SockaddrInet4{Port: 1}); err != unix.EBADF {
			return fmt.Errorf("bind says %w", err)
		}
		if err := unix.Listen(999, 1); err != unix.EBADF {
			return fmt.Errorf("listen says %w", err)
		}
		return nil
	},
	"binds nowhere it may": func(string) error {
		l, err := net.Listen("tcp", "192.0.2.1:80")
		if !errors.Is(err, unix.EADDRNOTAVAIL) {
			return fmt.Errorf("it listens as %v: %w", l, err)
		}
		return nil
	},
	"forks between bind and listen": func(addr string) error {
		at, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			return err
		}
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte(at.IP.To4()), Port: at.Port}); err != nil {
			return err
		}
		child := exec.Command("/proc/self/exe", "try", "listens on 3", addr)
		child.ExtraFiles, child.Stderr = []*os.File{os.NewFile(uintptr(fd), "bound")}, os.Stderr
		return child.Run()
	},
	"listens on 3": func(string) error {
		if err := unix.Listen(3, 5); err != nil {
			return err
		}
		l, err := net.FileListener(os.NewFile(3, "listening"))
		if err != nil {
			return err
		}
		return reached(l)
	},
	"listens on any port": func(string) error {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		return reached(l)
	},
	"is a supervisor itself": func(string) error {
		var l proc.Launcher
		p, err := l.Start(context.Background(), proc.Spec{Path: "/bin/true", Args: []string{"true"}, Stdin: 0, Stdout: 1, Stderr: 2, Trap: true})
		if err != nil {
			return err
		}
		if exit := p.Wait(); exit.Code != 0 {
			return fmt.Errorf("without a trap it ends with %v", exit)
		}
		if file, err := p.Trap(); file != nil || !errors.Is(err, errors.ErrUnsupported) || !errors.Is(err, unix.EBUSY) {
			return fmt.Errorf("the trap is %v, %w", file, err)
		}
		return nil
	},
	"speaks MPTCP": func(addr string) error {
		var c net.ListenConfig
		c.SetMultipathTCP(true)
		l, err := c.Listen(context.Background(), "tcp", addr)
		if err != nil {
			return err
		}
		raw, err := l.(*net.TCPListener).SyscallConn()
		if err != nil {
			return err
		}
		var flags, fdflags int
		raw.Control(func(fd uintptr) {
			flags, _ = unix.FcntlInt(fd, unix.F_GETFL, 0)
			fdflags, _ = unix.FcntlInt(fd, unix.F_GETFD, 0)
		})
		if flags&unix.O_NONBLOCK == 0 || fdflags&unix.FD_CLOEXEC == 0 {
			return fmt.Errorf("flags of the file %#x, of the descriptor %#x", flags, fdflags)
		}
		return reached(l)
	},
}

func refused(l net.Listener, err error) error {
	if errors.Is(err, unix.EADDRINUSE) {
		return nil
	}
	return fmt.Errorf("it listens as %v: %w", l, err)
}

// reached connects to a listener.
func reached(l net.Listener) error {
	c, err := net.DialTimeout("tcp", l.Addr().String(), patience)
	if err != nil {
		return err
	}
	defer c.Close()
	l.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
	got, err := l.Accept()
	if err == nil {
		got.Close()
	}
	return err
}

func TestTricks(t *testing.T) {
	for name := range tricks {
		if name == "listens on 3" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			b, addr := newBench(t), freeAddress(t)
			if name == "binds what is taken" {
				l, err := net.Listen("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
			}
			c := b.start("try", name, addr)
			select {
			case <-c.gone:
				if c.exit.Code != 0 {
					t.Error(c.exit)
				}
			case <-time.After(patience):
				t.Error("it hangs")
			}
		})
	}
}

// A process that is killed while its call waits for an answer leaves nothing.
func TestKilledWhileBinding(t *testing.T) {
	b, addr := newBench(t), freeAddress(t)
	for range 20 {
		c := b.start("serve", addr)
		c.Kill()
		<-c.gone
	}
	if all := b.table.Learnt(); len(all) > 0 {
		t.Errorf("left: %v", all)
	}
	last := b.start("serve", addr)
	last.await()
}

// Only what listens at a TCP port of its own can be handed over, and a service that
// has bound anything else is stopped first.
func TestWhatOverlaps(t *testing.T) {
	for kinds, want := range map[string]struct {
		overlaps bool
		obstacle string
	}{
		"tcp":      {true, ""},
		"any":      {false, ""},
		"any,tcp":  {true, ""},
		"udp":      {true, ""},
		"udp,tcp":  {true, ""},
		"unix,tcp": {false, "unix:@adopt-"},
	} {
		t.Run(kinds, func(t *testing.T) {
			b, addr := newBench(t), freeAddress(t)
			c := b.start("hold", kinds, addr)
			c.await()
			c.steer()
			err := b.table.Obstacle()
			if b.table.Overlaps() != want.overlaps || (err == nil) != (want.obstacle == "") {
				t.Errorf("overlaps: %v; obstacle: %v", b.table.Overlaps(), err)
			}
			if err != nil && (!errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), want.obstacle)) {
				t.Errorf("obstacle: %v", err)
			}
		})
	}
}

// hold binds as it is told, in that order, and stays.
func hold(kinds, addr string) error {
	for kind := range strings.SplitSeq(kinds, ",") {
		var err error
		switch kind {
		case "tcp":
			_, err = net.Listen("tcp", addr)
		case "udp":
			_, err = net.ListenPacket("udp", addr)
		case "unix":
			_, err = net.Listen("unix", "@adopt-"+addr)
		case "any":
			_, err = net.Listen("tcp", "127.0.0.1:0")
		}
		if err != nil {
			return err
		}
	}
	select {}
}

func FuzzSockaddr(f *testing.F) {
	f.Add([]byte{2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{10, 0, 0, 80, 27: 1})
	f.Add([]byte("\x01\x00/run/x\x00y"))
	f.Add([]byte("\x01\x00\x00abstract"))
	f.Fuzz(func(t *testing.T, b []byte) {
		addr := wanted(b)
		if addr.IsValid() && len(b) < 16 {
			t.Errorf("%v from %d bytes", addr, len(b))
		}
		if unixName(b) && addr.IsValid() {
			t.Errorf("%q is an address of two families", b)
		}
		if unixName(b) {
			nameOf(b, addr)
		}
	})
}

func FuzzDiag(f *testing.F) {
	f.Add(make([]byte, diagMessageSize))
	f.Add(append(make([]byte, diagMessageSize), 5, 0, diagAttrV6Only, 0, 1, 0, 0, 0))
	f.Add(append(make([]byte, diagMessageSize), 240, 0, diagAttrInfo, 0, 1, 2, 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, ok := parseDiag(b); ok != (len(b) >= diagMessageSize) {
			t.Errorf("%d bytes: %v", len(b), ok)
		}
	})
}
