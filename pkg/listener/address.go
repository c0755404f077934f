// Package listener opens named listening sockets once and keeps them.
//
// A Socket is only a bound (and, for connections, listening) file descriptor
// with a name: nothing here accepts, reads or shuts down. The kernel's queue
// behind the descriptor outlives every process that serves from it, which is
// what makes a handoff lossless.
package listener

import (
	"fmt"
	"io/fs"
	"strings"
)

// DefaultMode is the mode of a unix socket's path if the address names none:
// the service's user and group may connect, others may not.
const DefaultMode fs.FileMode = 0o660

// maxName is the longest name that sd_listen_fds(3) allows for a descriptor.
const maxName = 255

// Address says where to listen and under which name. Parse makes one.
type Address struct {
	Name    string      // what the service knows the socket by; may be empty
	Network string      // tcp, tcp4, tcp6, udp, udp4, udp6, unix, unixgram or unixpacket
	Addr    string      // host:port, /path, or @name for Linux's abstract sockets
	Mode    fs.FileMode // permissions of a unix path; 0 means DefaultMode
	Owner   string      // user name or number that gets a unix path; empty: whoever opens it
	Group   string      // group name or number that gets a unix path; empty: as the system decides
}

// String returns the address in the one form that Parse turns back into the
// same Address. The name is left out.
func (a Address) String() string {
	switch {
	case !a.unix():
		return a.Network + "://" + a.Addr
	case a.abstract():
		return a.Network + ":" + escape(a.Addr) + a.query()
	default:
		return a.Network + "://" + escape(a.Addr) + a.query()
	}
}

func (a Address) query() string {
	var opts []string
	if a.Mode != 0 {
		opts = append(opts, fmt.Sprintf("mode=%04o", uint32(a.Mode)))
	}
	if a.Owner != "" {
		opts = append(opts, "owner="+escape(a.Owner))
	}
	if a.Group != "" {
		opts = append(opts, "group="+escape(a.Group))
	}
	if opts == nil {
		return ""
	}
	return "?" + strings.Join(opts, "&")
}

// Stream reports whether the socket accepts connections (tcp, unix and
// unixpacket) rather than receives datagrams.
func (a Address) Stream() bool {
	return strings.HasPrefix(a.Network, "tcp") || a.Network == "unix" || a.Network == "unixpacket"
}

// HasPath reports whether clients find the socket through a file.
func (a Address) HasPath() bool { return a.unix() && !a.abstract() }

func (a Address) unix() bool     { return strings.HasPrefix(a.Network, "unix") }
func (a Address) abstract() bool { return a.unix() && strings.HasPrefix(a.Addr, "@") }

// escape writes c as %XX where it would otherwise end a path or an option.
func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c == 0x7f || strings.IndexByte("%?#&", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
