package handoff

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	sockets "github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// What packages syscall and windows lack of winsock2.h.
var (
	winsock      = windows.NewLazySystemDLL("ws2_32.dll")
	procPoll     = winsock.NewProc("WSAPoll")
	procAccept   = winsock.NewProc("accept")
	procRecvfrom = winsock.NewProc("recvfrom")
	procSendto   = winsock.NewProc("sendto")
)

const pollRead = 0x0300 // POLLIN: POLLRDNORM and POLLRDBAND

// pollFD is WSAPOLLFD.
type pollFD struct {
	socket  windows.Handle
	events  int16
	revents int16
}

// A shared is a socket that several processes accept or read on at once. It is in no
// completion port, which only one process could have, so whoever waits for it sits in
// WSAPoll; and it does not block, for another process may have been quicker.
type shared struct {
	socket windows.Handle
	bell   windows.Handle // a socket that gets readable to wake those who wait

	mu      sync.Mutex
	closed  bool
	waiting int
	idle    sync.Cond // nobody waits any more
}

func share(handle int) (*shared, error) {
	bell, err := newBell()
	if err != nil {
		return nil, err
	}
	s := &shared{socket: windows.Handle(handle), bell: bell}
	s.idle.L = &s.mu
	return s, nil
}

// newBell is a datagram socket that is connected to itself.
func newBell() (windows.Handle, error) {
	s, err := sockets.Open(context.Background(), sockets.Address{Network: "udp4", Addr: "127.0.0.1:0"})
	if err != nil {
		return 0, fmt.Errorf("cannot make a socket to wake others: %w", err)
	}
	at, err := windows.Getsockname(windows.Handle(s.FD()))
	if err == nil {
		err = windows.Connect(windows.Handle(s.FD()), at)
	}
	if err != nil {
		s.Close()
		return 0, fmt.Errorf("cannot make a socket to wake others: %w", err)
	}
	return windows.Handle(s.FD()), nil
}

// ring wakes one who waits, or, once closed, all of them: then nobody silences it.
func (s *shared) ring() {
	one := [1]byte{1}
	procSendto.Call(uintptr(s.bell), uintptr(unsafe.Pointer(&one[0])), 1, 0, 0, 0)
}

// ringAll has all who wait look at the time once more.
func (s *shared) ringAll() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	for range s.waiting {
		s.ring()
	}
	return nil
}

func (s *shared) silence() {
	var one [1]byte
	procRecvfrom.Call(uintptr(s.bell), uintptr(unsafe.Pointer(&one[0])), 1, 0, 0, 0)
}

// do calls try until it has something else to say than that it would block, waiting
// in between until the socket is readable or the time has come.
func (s *shared) do(deadline func() time.Time, try func() error) error {
	if !s.enter() {
		return net.ErrClosed
	}
	defer s.leave()
	for {
		if s.isClosed() {
			return net.ErrClosed
		}
		until := deadline()
		if !until.IsZero() && !time.Now().Before(until) {
			return os.ErrDeadlineExceeded
		}
		if err := try(); !errors.Is(err, windows.WSAEWOULDBLOCK) {
			return err
		}
		if err := s.wait(until); err != nil {
			return err
		}
	}
}

func (s *shared) wait(until time.Time) error {
	timeout := -1
	if !until.IsZero() {
		timeout = int(max(time.Until(until).Milliseconds(), 0)) + 1
	}
	fds := [2]pollFD{{socket: s.socket, events: pollRead}, {socket: s.bell, events: pollRead}}
	n, _, err := procPoll.Call(uintptr(unsafe.Pointer(&fds[0])), 2, uintptr(timeout))
	if int32(n) < 0 {
		return os.NewSyscallError("wsapoll", err)
	}
	if fds[1].revents != 0 && !s.isClosed() {
		s.silence()
	}
	return nil
}

func (s *shared) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.waiting++
	return true
}

func (s *shared) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting--
	s.idle.Broadcast()
}

func (s *shared) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// close closes this process's own handle when nobody uses it any more. What waits in
// the queue is for the other processes that have one.
func (s *shared) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	s.closed = true
	s.ring()
	for s.waiting > 0 {
		s.idle.Wait()
	}
	windows.Closesocket(s.bell)
	return os.NewSyscallError("closesocket", windows.Closesocket(s.socket))
}

// errno is what a function of Winsock failed with, nil for result other than -1.
func errno(result uintptr, err error) error {
	if int32(result) != -1 {
		return nil
	}
	if e, ok := err.(syscall.Errno); ok && e != 0 {
		return e
	}
	return syscall.EINVAL
}
