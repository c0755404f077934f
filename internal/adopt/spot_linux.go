package adopt

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// spot is where a path of unix(7) is: a name in a directory that is open.
type spot struct {
	dir  int
	base string
	path string // as we see it, without links
}

// selfPath is a path to what is open here.
func selfPath(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }

func (s spot) close() { unix.Close(s.dir) }

// spot finds out what a path means to the process; dir is what it is relative to,
// AT_FDCWD or a descriptor of the process.
func (c caller) spot(name string, dir int) (s spot, err error) {
	where, base := path.Split(name)
	if base == "" || base == "." || base == ".." {
		return s, unix.EINVAL
	}
	process := "/proc/" + strconv.Itoa(c.tid)
	switch {
	case path.IsAbs(name):
		where = process + "/root" + where
	case dir == unix.AT_FDCWD:
		where = process + "/cwd/" + where
	default:
		where = process + "/fd/" + strconv.Itoa(dir) + "/" + where
	}
	fd, err := unix.Open(where, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return s, err
	}
	seen, err := os.Readlink(selfPath(fd))
	if err != nil {
		unix.Close(fd)
		return s, err
	}
	s = spot{fd, base, filepath.Join(seen, base)}
	var there, ours unix.Stat_t
	if unix.Fstat(fd, &there) != nil || unix.Stat(seen, &ours) != nil || there.Dev != ours.Dev || there.Ino != ours.Ino {
		s.close()
		return spot{}, fmt.Errorf("%s is in a root of its own", name)
	}
	return s, nil
}

// spotOf opens the directory of a path of ours.
func spotOf(name string) (spot, error) {
	dir, base := filepath.Split(name)
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return spot{fd, base, name}, err
}

// fileAt identifies the socket that has a name in a directory; zero: none has.
func fileAt(dir int, name string) file {
	var st unix.Stat_t
	if unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil || st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return file{}
	}
	return file{uint64(st.Dev), st.Ino}
}

// longestPath is what a path has room for, with the zero at its end.
const longestPath = 4096

// pathAt reads a text of the process. What is longer than any path is no error: the
// kernel says so.
func (c caller) pathAt(at uint64) (string, error) {
	var text []byte
	for page := uint64(os.Getpagesize()); len(text) < longestPath; {
		n := min(page-at%page, longestPath)
		b, err := c.memory(at, int(n))
		if err != nil {
			return "", err
		}
		if end := bytes.IndexByte(b, 0); end >= 0 {
			return string(append(text, b[:end]...)), nil
		}
		text = append(text, b...)
		at += uint64(len(b))
	}
	return "", unix.ENAMETOOLONG
}

// unixPath is the name in an address of unix(7) that has one.
func unixPath(sockaddr []byte) (name string, abstract bool) {
	text := sockaddr[2:]
	if text[0] == 0 {
		return string(text[1:]), true
	}
	text, _, _ = bytes.Cut(text, []byte{0})
	return string(text), false
}
