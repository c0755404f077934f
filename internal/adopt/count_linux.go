package adopt

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Connections counts the connections that clients have to each of the holders: over
// TCP and unix streams, accepted and not closed by the holder. A client that has sent
// all that it has to say (CLOSE_WAIT) may still wait for an answer, and counts.
//
// The error matches fs.ErrPermission if the processes of one do not let themselves be
// looked into: then no number is better than a wrong one.
func Connections(of []Holder) ([]int, error) {
	open, err := accepted(of)
	if err != nil {
		return nil, err
	}
	found := make([]map[uint64]bool, len(of))
	anyone := func(pid int) bool {
		return slices.ContainsFunc(of, func(h Holder) bool { return h.Contains(pid) })
	}
	for _, pid := range processes(anyone) {
		sockets, err := look(pid)
		if errors.Is(err, fs.ErrPermission) && !ended(pid) {
			return nil, fmt.Errorf("cannot see the connections of process %d: %w", pid, err)
		}
		for i, h := range of {
			if !h.Contains(pid) {
				continue
			}
			for inode := range sockets {
				if at, ok := open[inode]; ok && at.of(h) {
					if found[i] == nil {
						found[i] = map[uint64]bool{}
					}
					found[i][inode] = true
				}
			}
		}
	}
	counts := make([]int, len(of))
	for i := range of {
		counts[i] = len(found[i])
	}
	return counts, nil
}

// local is the server's end of a connection.
type local struct {
	port uint16
	path string
}

func (l local) of(h Holder) bool {
	return l.port != 0 && slices.Contains(h.TCP, l.port) || l.path != "" && slices.Contains(h.Unix, l.path)
}

// accepted lists the server's ends of all connections to the places of the holders, by
// inode.
func accepted(of []Holder) (map[uint64]local, error) {
	all := map[uint64]local{}
	asked, unixes := map[uint16]bool{0: true}, false
	for _, h := range of {
		unixes = unixes || len(h.Unix) > 0
		for _, port := range h.TCP {
			if asked[port] {
				continue
			}
			asked[port] = true
			found, err := socketsWith(0, unix.IPPROTO_TCP, port, established|closeWait)
			if err != nil {
				return nil, err
			}
			for _, s := range found {
				if s.inode != 0 {
					all[s.inode] = local{port: port}
				}
			}
		}
	}
	if !unixes {
		return all, nil
	}
	f, err := os.Open("/proc/net/unix")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return all, unixEnds(f, all)
}

// unixEnds adds the accepted ends in a table of /proc/net/unix (proc(5)):
//
//	Num RefCount Protocol Flags Type St Inode Path
//
// Only they are connected and have a path: that of the socket which accepted them. A
// client may bind one as well, which no service that only listens does.
func unixEnds(table io.Reader, all map[uint64]local) error {
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		if inode, path, ok := unixEnd(lines.Text()); ok {
			all[inode] = local{path: path}
		}
	}
	return lines.Err()
}

func unixEnd(line string) (inode uint64, path string, ok bool) {
	var f [7]string
	for i := range f {
		f[i], line, _ = strings.Cut(strings.TrimLeft(line, " "), " ")
	}
	if f[4] != "0001" && f[4] != "0005" || f[5] != "03" { // SOCK_STREAM, SOCK_SEQPACKET; SS_CONNECTED
		return 0, "", false
	}
	inode, err := strconv.ParseUint(f[6], 10, 64)
	return inode, line, err == nil && inode != 0 && line != "" // the rest is the path, which may have spaces
}

// ended reports whether a process has ended but was not waited for: it has nothing
// open any more, and does not let itself be looked into.
func ended(pid int) bool {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	return err != nil || strings.Contains(string(status), "\nState:\tZ") || strings.Contains(string(status), "\nState:\tX")
}
