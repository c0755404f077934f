package adopt

import (
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"
)

// move puts the file of the socket that is aimed at where the path is, in one step:
// a client finds the one or the other (rename(2)). What was there stays, hidden.
func (g *group) move() error {
	if g.isAbstract() || len(g.aimed) == 0 {
		return nil
	}
	m, base := g.aimed[0], g.base()
	there := fileAt(g.dir, base)
	if there == m.file || m.hidden == "" {
		return nil
	}
	var err error
	former := g.named(there)
	switch {
	case former != nil:
		err = g.exchange(m, former)
	case exists(g.dir, base):
		err = errors.New("it is another program's now")
	default:
		if err = unix.Renameat(g.dir, m.hidden, g.dir, base); err == nil {
			m.hidden = ""
		}
	}
	if err != nil {
		return fmt.Errorf("cannot put the next version's socket at %s: %w", g.path, err)
	}
	return nil
}

// exchange has two sockets change names.
func (g *group) exchange(next, former *member) error {
	base, hidden := g.base(), next.hidden
	if now := changed(g.dir, base); now != next.since {
		// The next version has set the rights of the path, as it believes.
		if err := imitate(g.dir, hidden, base); err != nil {
			return err
		}
	}
	err := unix.Renameat2(g.dir, hidden, g.dir, base, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) { // not every file system can
		err = g.replace(hidden, former)
	} else if err == nil {
		former.hidden = hidden
	}
	if err == nil {
		next.hidden, former.since = "", changed(g.dir, base)
	}
	return err
}

// replace is exchange in two steps, of which the first is seen by nobody.
func (g *group) replace(hidden string, former *member) error {
	base := g.base()
	second := "." + base + "." + strconv.FormatUint(former.inode, 10)
	unix.Unlinkat(g.dir, second, 0)
	if err := unix.Linkat(g.dir, base, g.dir, second, 0); err != nil {
		second = "" // it cannot come back
	}
	if err := unix.Renameat(g.dir, hidden, g.dir, base); err != nil {
		if second != "" {
			unix.Unlinkat(g.dir, second, 0)
		}
		return err
	}
	former.hidden = second
	return nil
}

// imitate gives a file the mode and the owner of another one. What the names mean may
// change meanwhile, if the directory is the service's: only sockets are touched.
func imitate(dir int, name, of string) error {
	fd, err := unix.Openat(dir, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var want, have unix.Stat_t
	if err := unix.Fstatat(dir, of, &want, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	if err := unix.Fstat(fd, &have); err != nil {
		return err
	}
	if want.Mode&unix.S_IFMT != unix.S_IFSOCK || have.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return unix.ENOTSOCK
	}
	if want.Uid != have.Uid || want.Gid != have.Gid {
		if err := unix.Fchownat(fd, "", int(want.Uid), int(want.Gid), unix.AT_EMPTY_PATH); err != nil {
			return err
		}
	}
	if want.Mode == have.Mode {
		return nil
	}
	return unix.Chmod(selfPath(fd), want.Mode&^unix.S_IFMT)
}

// changed is when a file was changed last, its rights included.
func changed(dir int, name string) [2]int64 {
	var st unix.Stat_t
	unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	return [2]int64{int64(st.Ctim.Sec), int64(st.Ctim.Nsec)}
}

func exists(dir int, name string) bool {
	var st unix.Stat_t
	return !errors.Is(unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW), unix.ENOENT)
}
