package doctor

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// listens is a socket that takes connections or datagrams.
type listens struct {
	network string // tcp, udp or unix
	at      netip.AddrPort
	path    string
	waiting int // connections in the queue, of tcp alone
}

func (l listens) String() string {
	if l.network == "unix" {
		return "unix:" + l.path
	}
	return l.network + "://" + l.at.String()
}

// listening finds all of them in the tables of proc(5), by inode.
func listening() map[string]listens {
	all := map[string]listens{}
	for _, table := range []struct{ file, network string }{
		{"tcp", "tcp"}, {"tcp6", "tcp"}, {"udp", "udp"}, {"udp6", "udp"},
	} {
		data, _ := os.ReadFile("/proc/net/" + table.file)
		for line := range strings.Lines(string(data)) {
			if inode, l, ok := parseInet(line); ok && listensIn(table.network, line) {
				l.network = table.network
				if l.network != "tcp" {
					l.waiting = 0 // bytes of datagrams, there
				}
				all[inode] = l
			}
		}
	}
	data, _ := os.ReadFile("/proc/net/unix")
	for line := range strings.Lines(string(data)) {
		if inode, path, ok := parseUnix(line); ok {
			all[inode] = listens{network: "unix", path: path}
		}
	}
	return all
}

// listensIn: state 0A is TCP_LISTEN, and 07 is UDP that is not connected
// (include/net/tcp_states.h).
func listensIn(network, line string) bool {
	state := strings.Fields(line)[3]
	return network == "tcp" && state == "0A" || network == "udp" && state == "07"
}

// parseInet reads one line of /proc/net/tcp. The rx_queue of a listener is the
// number of connections that wait to be accepted.
//
//	sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …
func parseInet(line string) (inode string, l listens, ok bool) {
	f := strings.Fields(line)
	if len(f) < 10 {
		return "", l, false
	}
	host, port, _ := strings.Cut(f[1], ":")
	_, queue, _ := strings.Cut(f[4], ":")
	ip, err := hex.DecodeString(host)
	n, portErr := strconv.ParseUint(port, 16, 16)
	waiting, queueErr := strconv.ParseUint(queue, 16, 31)
	if err != nil || portErr != nil || queueErr != nil || len(ip) != 4 && len(ip) != 16 {
		return "", l, false
	}
	// The kernel prints each word of 32 bits in the machine's own byte order.
	for word := ip; len(word) > 0; word = word[4:] {
		binary.BigEndian.PutUint32(word, binary.NativeEndian.Uint32(word))
	}
	addr, _ := netip.AddrFromSlice(ip)
	l.at, l.waiting = netip.AddrPortFrom(addr.Unmap(), uint16(n)), int(waiting)
	return f[9], l, true
}

// parseUnix reads one line of /proc/net/unix, and takes what has a name and
// accepts connections (the flag __SO_ACCEPTCON) or takes datagrams (type 2).
//
//	Num RefCount Protocol Flags Type St Inode Path
func parseUnix(line string) (inode, path string, ok bool) {
	f := strings.Fields(line)
	if len(f) < 8 || f[3] != "00010000" && f[4] != "0002" {
		return "", "", false
	}
	_, path, _ = strings.Cut(strings.TrimSuffix(line, "\n"), " "+f[6]+" ")
	return f[6], path, path != ""
}

// find is the socket that a supervisor holds, as the kernel has it.
func find(all map[string]listens, k control.Socket) (inode string, l listens) {
	network, _, _ := strings.Cut(k.Address, ":")
	at, err := netip.ParseAddrPort(k.Bound)
	for inode, l := range all {
		switch {
		case !strings.HasPrefix(network, l.network):
		case l.network == "unix" && l.path == k.Bound:
			return inode, l
		case err == nil && l.at.Port() == at.Port() && l.at.Addr() == at.Addr().Unmap().WithZone(""):
			return inode, l
		}
	}
	return "", listens{}
}
