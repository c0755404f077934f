package dev

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// stranger reports whether a connection comes from another user of this machine,
// as far as /proc/net/tcp tells (proc_net_tcp(5)). One from elsewhere does not: who
// lets a debugger listen there has decided so.
func stranger(c net.Conn) bool {
	peer, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		if uid, found := owner(table, peer); found {
			return uid != os.Geteuid() && uid != 0
		}
	}
	return true // who cannot be found is nobody we know
}

// owner finds the user whose socket is bound to an address.
func owner(table string, address netip.AddrPort) (uid int, found bool) {
	f, err := os.Open(table)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	for rows := bufio.NewScanner(f); rows.Scan(); {
		columns := strings.Fields(rows.Text())
		if len(columns) < 8 || !names(columns[1], address) {
			continue
		}
		if uid, err := strconv.Atoi(columns[7]); err == nil {
			return uid, true
		}
	}
	return 0, false
}

// names reads an address as the kernel writes it: words of four bytes, each in the
// order of this machine, then the port.
func names(column string, address netip.AddrPort) bool {
	host, port, _ := strings.Cut(column, ":")
	n, err := strconv.ParseUint(port, 16, 16)
	raw, rerr := hex.DecodeString(host)
	if err != nil || rerr != nil || uint16(n) != address.Port() {
		return false
	}
	for i := 0; i+4 <= len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	ip, ok := netip.AddrFromSlice(raw)
	return ok && ip.Unmap() == address.Addr().Unmap()
}
