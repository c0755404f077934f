package listener

import (
	"encoding/binary"
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// State column of /proc/net/tcp and udp (include/net/tcp_states.h).
const (
	tcpListen = "0A"
	udpBound  = "07"
)

// unixInodes reads /proc/net/unix:
//
//	Num RefCount Protocol Flags Type St Inode Path
func unixInodes(path string) map[string]bool {
	inodes := map[string]bool{}
	for _, line := range procLines("/proc/net/unix") {
		f := strings.Fields(line)
		if len(f) >= 8 && strings.HasSuffix(line, " "+path) {
			inodes[f[6]] = true
		}
	}
	return inodes
}

// inetInodes looks through both families: a socket on [::] may hold the IPv4
// port as well.
func inetInodes(proto string, at net.Addr) map[string]bool {
	want, ok := addrPort(at)
	if !ok {
		return nil
	}
	inodes := map[string]bool{}
	for _, file := range []string{"/proc/net/" + proto, "/proc/net/" + proto + "6"} {
		for _, line := range procLines(file) {
			got, inode, ok := inetSocket(line)
			if ok && conflict(want, got) {
				inodes[inode] = true
			}
		}
	}
	return inodes
}

func addrPort(at net.Addr) (netip.AddrPort, bool) {
	switch at := at.(type) {
	case *net.TCPAddr:
		return at.AddrPort(), true
	case *net.UDPAddr:
		return at.AddrPort(), true
	}
	return netip.AddrPort{}, false
}

// conflict: net leaves the address of a wildcard out, which is not valid.
func conflict(want, got netip.AddrPort) bool {
	if want.Port() != got.Port() {
		return false
	}
	w, g := want.Addr().Unmap().WithZone(""), got.Addr().Unmap()
	return !w.IsValid() || w.IsUnspecified() || g.IsUnspecified() || w == g
}

// inetSocket reads one line of /proc/net/tcp:
//
//	sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …
func inetSocket(line string) (at netip.AddrPort, inode string, ok bool) {
	f := strings.Fields(line)
	if len(f) < 10 || f[3] != tcpListen && f[3] != udpBound {
		return at, "", false
	}
	host, port, _ := strings.Cut(f[1], ":")
	ip, err := hex.DecodeString(host)
	n, perr := strconv.ParseUint(port, 16, 16)
	if err != nil || perr != nil {
		return at, "", false
	}
	// The kernel prints each 32-bit word in the machine's own byte order.
	for i := 0; i+4 <= len(ip); i += 4 {
		binary.BigEndian.PutUint32(ip[i:], binary.NativeEndian.Uint32(ip[i:]))
	}
	addr, ok := netip.AddrFromSlice(ip)
	return netip.AddrPortFrom(addr, uint16(n)), f[9], ok
}

func procLines(file string) []string {
	data, _ := os.ReadFile(file)
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}
