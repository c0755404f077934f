package adopt

import (
	"bytes"
	"errors"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// bindBeside binds a duplicate of the process's socket so that its file is hidden in
// the directory, with the rights of the process. What the socket says of its name is
// what the process has asked for, if that can be done: with CAP_SYS_CHROOT.
func (c caller) bindBeside(fd int, s spot, hidden, name string) error {
	who, err := c.identity()
	if err != nil {
		return err
	}
	done := make(chan error)
	go func() { done <- aside(func() error { return who.bind(fd, s, hidden, name) }) }()
	return <-done
}

// aside runs f on a thread that ends with it, and with all that f has changed about it.
// It must be called by a goroutine that ends then.
func aside(f func() error) error {
	runtime.LockOSThread()
	if unix.Gettid() != unix.Getpid() {
		return f()
	}
	// The first thread stands for the process in /proc, and must stay as it is.
	defer runtime.UnlockOSThread()
	done := make(chan error)
	go func() { done <- aside(f) }()
	return <-done
}

// identity is what counts when a process makes a file.
type identity struct {
	user, group int
	groups      []uint32
	mask        int
}

func (c caller) identity() (id identity, err error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(c.tid) + "/status")
	if err != nil {
		return id, err
	}
	field := func(name string) []string {
		_, rest, _ := bytes.Cut(status, []byte("\n"+name+":"))
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		return strings.Fields(string(line))
	}
	users, groups, mask := field("Uid"), field("Gid"), field("Umask")
	if len(users) != 4 || len(groups) != 4 || len(mask) != 1 {
		return id, errors.New("its status cannot be read")
	}
	id.user, err = strconv.Atoi(users[3]) // the last one is that of files
	id.group, _ = strconv.Atoi(groups[3])
	bits, _ := strconv.ParseUint(mask[0], 8, 32)
	id.mask = int(bits)
	for _, text := range field("Groups") {
		n, _ := strconv.ParseUint(text, 10, 32)
		id.groups = append(id.groups, uint32(n))
	}
	return id, err
}

// bind is called on a thread of its own.
func (id identity) bind(fd int, s spot, hidden, name string) error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return err
	}
	unix.Umask(id.mask)
	if path.IsAbs(name) && path.Clean(name) == name {
		if err := id.bindRooted(fd, s, hidden, name); !errors.Is(err, errUnrooted) {
			return err
		}
	}
	if err := id.assume(); err != nil {
		return err
	}
	as := path.Join(path.Dir(s.path), hidden)
	if len(as) >= unix.SizeofSockaddrUnix-2 {
		as = selfPath(s.dir) + "/" + hidden
	}
	return bindUnix(fd, as)
}

// errUnrooted: the name cannot be made to look as it should.
var errUnrooted = errors.New("no root of its own")

// bindRooted binds the name in a root of its own, below the directory, from where the
// file is moved to what it is called while it is hidden.
func (id identity) bindRooted(fd int, s spot, hidden, name string) error {
	if unix.Geteuid() != 0 {
		return errUnrooted
	}
	owner, err := id.makes(s.dir)
	if err != nil {
		return err
	}
	root := hidden + ".d"
	dirs := []int{s.dir}
	parts := append([]string{root}, strings.FieldsFunc(path.Dir(name), func(r rune) bool { return r == '/' })...)
	defer func() {
		for i := len(dirs) - 1; i > 0; i-- {
			unix.Close(dirs[i])
			unix.Unlinkat(dirs[i-1], parts[i-1], unix.AT_REMOVEDIR)
		}
	}()
	const private = 0o700
	for _, part := range parts {
		at := dirs[len(dirs)-1]
		if err := unix.Mkdirat(at, part, private); err != nil {
			return errUnrooted
		}
		below, err := unix.Openat(at, part, unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			unix.Unlinkat(at, part, unix.AT_REMOVEDIR)
			return errUnrooted
		}
		dirs = append(dirs, below)
	}
	last := dirs[len(dirs)-1]
	if err := unix.Fchdir(dirs[1]); err != nil {
		return errUnrooted
	}
	if err := unix.Chroot("."); err != nil {
		return errUnrooted
	}
	if err := bindUnix(fd, name); err != nil {
		return err
	}
	base := path.Base(name)
	if err := unix.Fchownat(last, base, id.user, owner, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		unix.Unlinkat(last, base, 0)
		return err
	}
	return unix.Renameat(last, base, s.dir, hidden)
}

// makes reports whether the process may make files in a directory, and returns the
// group that they get.
func (id identity) makes(dir int) (group int, err error) {
	if err := id.assume(); err != nil {
		return 0, err
	}
	err = unix.Faccessat(dir, ".", unix.W_OK|unix.X_OK, unix.AT_EACCESS)
	if err := errors.Join(unix.Setfsuid(unix.Geteuid()), unix.Setfsgid(unix.Getegid())); err != nil {
		return 0, err
	}
	var st unix.Stat_t
	if err == nil {
		err = unix.Fstat(dir, &st)
	}
	if st.Mode&unix.S_ISGID != 0 {
		return int(st.Gid), err
	}
	return id.group, err
}

// assume takes on the identity, as far as this thread's files go.
func (id identity) assume() error {
	if unix.Geteuid() != 0 {
		return nil
	}
	var all *uint32
	if len(id.groups) > 0 {
		all = &id.groups[0]
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(id.groups)), uintptr(unsafe.Pointer(all)), 0); e != 0 {
		return e
	}
	if err := unix.Setfsgid(id.group); err != nil {
		return err
	}
	return unix.Setfsuid(id.user)
}

func bindUnix(fd int, name string) error {
	return unix.Bind(fd, &unix.SockaddrUnix{Name: name})
}
