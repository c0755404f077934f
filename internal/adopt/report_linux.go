package adopt

import (
	"errors"
	"fmt"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// call is a system call that waits for its answer (struct seccomp_notif).
type call struct {
	id         uint64
	tid, flags uint32
	number     int32
	arch       uint32
	at         uint64
	args       [6]uint64
}

// answer is struct seccomp_notif_resp.
type answer struct {
	id    uint64
	value int64
	errno int32
	flags uint32
}

// placing is struct seccomp_notif_addfd.
type placing struct {
	id                     uint64
	flags                  uint32
	from, to, newfileflags uint32
}

// reports is the descriptor on which calls arrive.
type reports struct{ file *os.File }

// soon is how long one is waited for by a thread of its own before the runtime's poller
// is asked, in milliseconds: who has bound a socket listens next. Closing the descriptor
// may take as long.
const soon = 1

// hurry has the kernel go from the caller to us and back on one processor, since the one
// always waits for the other. Before Linux 6.6 it cannot, and takes longer.
func (r reports) hurry() {
	conn, err := r.file.SyscallConn()
	if err != nil {
		return
	}
	conn.Control(func(fd uintptr) {
		unix.IoctlSetInt(int(fd), unix.SECCOMP_IOCTL_NOTIF_SET_FLAGS, unix.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP)
	})
}

// next waits for a call; io.EOF when nothing is left that could make one.
func (r reports) next() (c call, err error) {
	conn, err := r.file.SyscallConn()
	if err != nil {
		return c, err
	}
	waited := conn.Read(func(fd uintptr) bool {
		var ready bool
		ready, err = arrived(int(fd))
		if !ready || err != nil {
			return err != nil
		}
		c, err = receive(fd)
		if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINTR) { // the caller was killed meanwhile
			err = nil
			return false
		}
		return true
	})
	if waited != nil {
		return c, waited
	}
	return c, err
}

// arrived reports whether a call waits, or comes soon, so that receiving it does not
// block.
func arrived(fd int) (bool, error) {
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	_, err := unix.Poll(poll, soon)
	switch {
	case errors.Is(err, unix.EINTR):
		return false, nil
	case err != nil:
		return false, err
	case poll[0].Revents&unix.POLLIN != 0:
		return true, nil
	case poll[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0:
		return false, io.EOF
	}
	return false, nil
}

func receive(fd uintptr) (call, error) {
	// The kernel may know a longer form, and wants all of it to be zero.
	var buffer struct {
		call
		more [256]byte
	}
	err := control(fd, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&buffer))
	return buffer.call, err
}

func (r reports) ioctl(request uint, arg unsafe.Pointer) (err error) {
	conn, err := r.file.SyscallConn()
	if err != nil {
		return err
	}
	if outer := conn.Control(func(fd uintptr) { err = control(fd, request, arg) }); outer != nil {
		return outer
	}
	return err
}

func control(fd uintptr, request uint, arg unsafe.Pointer) error {
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, fd, uintptr(request), uintptr(arg)); e != 0 {
		return e
	}
	return nil
}

// waits reports whether the caller is still there and waits: what was read of it
// since the call arrived was its own.
func (r reports) waits(c call) bool {
	id := c.id
	return r.ioctl(unix.SECCOMP_IOCTL_NOTIF_ID_VALID, unsafe.Pointer(&id)) == nil
}

// proceed lets the kernel carry the call out. A caller that is gone is no error.
func (r reports) proceed(c call) {
	r.send(answer{id: c.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE})
}

// reply makes the outcome that of the call.
func (r reports) reply(c call, outcome error) {
	a := answer{id: c.id}
	if outcome != nil {
		var e unix.Errno
		if !errors.As(outcome, &e) {
			e = unix.EIO
		}
		a.errno = -int32(e)
	}
	r.send(a)
}

func (r reports) send(a answer) { r.ioctl(unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&a)) }

// put has the caller's descriptor number mean our socket from now on.
func (r reports) put(c call, socket, number int, closeOnExec bool) error {
	p := placing{id: c.id, flags: unix.SECCOMP_ADDFD_FLAG_SETFD, from: uint32(socket), to: uint32(number)}
	if closeOnExec {
		p.newfileflags = unix.O_CLOEXEC
	}
	if err := r.ioctl(unix.SECCOMP_IOCTL_NOTIF_ADDFD, unsafe.Pointer(&p)); err != nil {
		return fmt.Errorf("cannot put a socket in place of another: %w", err)
	}
	return nil
}
