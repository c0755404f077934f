package probe

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// procNet looks for a connection in the tables of proc(5). That of IPv6 has IPv4
// connections to IPv6 sockets, too; either may be missing.
func procNet(server, client netip.AddrPort) (end, error) {
	found, err := procTable("/proc/net/tcp", server, client)
	if found != (end{}) {
		return found, nil
	}
	found, err6 := procTable("/proc/net/tcp6", server, client)
	if err != nil && err6 != nil {
		return end{}, errors.Join(err, err6)
	}
	return found, nil
}

func procTable(path string, server, client netip.AddrPort) (end, error) {
	f, err := os.Open(path)
	if err != nil {
		return end{}, err
	}
	defer f.Close()
	return findLine(f, server, client)
}

func findLine(table io.Reader, server, client netip.AddrPort) (end, error) {
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		local, remote, found, ok := parseLine(lines.Text())
		if ok && local == server && remote == client {
			return found, nil
		}
	}
	return end{}, lines.Err()
}

// parseLine reads one line of /proc/net/tcp:
//
//	sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …
func parseLine(line string) (local, remote netip.AddrPort, e end, ok bool) {
	f := strings.Fields(line)
	if len(f) < 10 {
		return local, remote, e, false
	}
	local, okLocal := parseAddr(f[1])
	remote, okRemote := parseAddr(f[2])
	state, stateErr := strconv.ParseUint(f[3], 16, 8)
	inode, inodeErr := strconv.ParseUint(f[9], 10, 32)
	ok = okLocal && okRemote && stateErr == nil && inodeErr == nil
	return local, remote, end{uint8(state), uint32(inode)}, ok
}

// parseAddr reads 0100007F:1F90. The kernel prints each word of 32 bits of the
// address in the machine's own byte order.
func parseAddr(s string) (netip.AddrPort, bool) {
	host, port, _ := strings.Cut(s, ":")
	ip, err := hex.DecodeString(host)
	n, portErr := strconv.ParseUint(port, 16, 16)
	if err != nil || portErr != nil || len(ip) != 4 && len(ip) != 16 {
		return netip.AddrPort{}, false
	}
	for word := ip; len(word) > 0; word = word[4:] {
		binary.BigEndian.PutUint32(word, binary.NativeEndian.Uint32(word))
	}
	addr, ok := netip.AddrFromSlice(ip)
	return netip.AddrPortFrom(addr.Unmap(), uint16(n)), ok
}
