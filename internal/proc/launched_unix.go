//go:build unix

package proc

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// ordersFD is where a launcher or guardian finds the socket to its master.
const ordersFD = 3

// init makes this process the launcher or the guardian that it was executed to be.
// It does so here, and not in main, because the packages that sort behind this one
// have not been initialized yet: the less a launcher has touched of its memory, the
// less exec has to tear down while a handoff waits for it.
func init() {
	switch os.Args[0] {
	case launcherName:
		os.Exit(launch())
	case guardianName:
		os.Exit(guard())
	}
}

// launch waits for an order and becomes the program. It uses nothing but plain
// blocking system calls: descriptors of the runtime's poller could stand where
// those of the program must go.
func launch() int {
	o, fds, err := readOrder()
	if err != nil {
		return 1 // the master is gone, and whatever it wanted with it
	}
	master, failed := place(fds)
	if failed == nil && o.Trap {
		failed = trap(master)
	}
	if failed == nil {
		failed = become(o)
	}
	answer, _ := json.Marshal(said{launchError: *failed})
	unix.Write(master, answer)
	return 127
}

func become(o order) *launchError {
	if o.Dir != "" {
		if err := unix.Chdir(o.Dir); err != nil {
			return &launchError{"cannot change to " + o.Dir, errno(err)}
		}
	}
	if o.Group != 0 {
		if err := unix.Setpgid(0, o.Group); err != nil {
			return &launchError{"cannot join the supervisor's process group", errno(err)}
		}
	}
	pid := strconv.Itoa(os.Getpid())
	for _, name := range o.PIDEnv {
		o.Env = append(o.Env, name+"="+pid)
	}
	return &launchError{"", errno(syscall.Exec(o.Path, o.Args, o.Env))}
}

// readOrder blocks until the master has spoken or is gone.
func readOrder() (o order, fds []int, err error) {
	unix.CloseOnExec(ordersFD)
	head := make([]byte, 64<<10)
	rights := make([]byte, unix.CmsgSpace(4*(maxFDs+3)))
	n, oobn, _, _, err := recvmsg(ordersFD, head, rights)
	if err != nil {
		return o, nil, err
	}
	messages, err := unix.ParseSocketControlMessage(rights[:oobn])
	if err != nil {
		return o, nil, err
	}
	for _, m := range messages {
		got, err := unix.ParseUnixRights(&m)
		if err != nil {
			return o, nil, err
		}
		fds = append(fds, got...)
	}
	body, err := unframe(head[:n], blockingReader(ordersFD))
	if err != nil {
		return o, nil, err
	}
	err = gob.NewDecoder(bytes.NewReader(body)).Decode(&o)
	return o, fds, err
}

// place puts fds at 0, 1, 2, … All are first moved above the range that they go
// to, and so is the socket to the master, which it returns; whatever was moved
// closes on exec.
func place(fds []int) (master int, failed *launchError) {
	above := max(len(fds), ordersFD+1)
	master, err := moveUp(ordersFD, above)
	if err != nil {
		return ordersFD, &launchError{"cannot place descriptors", errno(err)}
	}
	for i, fd := range fds {
		if fds[i], err = moveUp(fd, above); err != nil {
			return master, &launchError{"cannot place descriptors", errno(err)}
		}
	}
	for i, fd := range fds {
		if err := dup3(fd, i); err != nil {
			return master, &launchError{"cannot place descriptors", errno(err)}
		}
	}
	closeOnExecFrom(above)
	return master, nil
}

func moveUp(fd, above int) (int, error) {
	return unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, above)
}

// blockingReader reads a descriptor without the runtime's poller.
type blockingReader int

func (fd blockingReader) Read(b []byte) (int, error) {
	for {
		n, err := unix.Read(int(fd), b)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return 0, err
		case n == 0:
			return 0, os.ErrClosed
		default:
			return n, nil
		}
	}
}

func recvmsg(fd int, b, oob []byte) (n, oobn, flags int, from unix.Sockaddr, err error) {
	for {
		n, oobn, flags, from, err = unix.Recvmsg(fd, b, oob, recvFlags)
		if err == nil && n == 0 {
			err = os.ErrClosed
		}
		if err != unix.EINTR {
			return n, oobn, flags, from, err
		}
	}
}

func errno(err error) syscall.Errno {
	if e, ok := err.(syscall.Errno); ok {
		return e
	}
	return syscall.EINVAL
}
