package succession

import (
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// A descriptor that was a socket's a moment ago is taken only if it still is that
// socket's: by now it may be another one's, a file's, or closed.
func TestDuplicateTheSocketAlone(t *testing.T) {
	l, err := net.Listen("unix", "")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := l.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	inode := inodeOf(t, socket)
	fd, err := duplicate(os.Getpid(), int(socket.Fd()), inode)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(fd)
	for what, of := range map[string]struct {
		at    int
		inode uint64
	}{
		"another socket": {int(socket.Fd()), inode + 1},
		"a file":         {int(file.Fd()), inodeOf(t, file)},
		"nothing":        {1 << 20, inode},
	} {
		if fd, err := duplicate(os.Getpid(), of.at, of.inode); err == nil || !gone(err) {
			t.Errorf("%s: got %d, %v", what, fd, err)
		}
	}
}

func inodeOf(t *testing.T, f *os.File) uint64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		t.Fatal(err)
	}
	return st.Ino
}
