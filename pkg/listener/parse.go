package listener

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

const allowed = "use tcp, tcp4, tcp6, udp, udp4, udp6, unix, unixgram or unixpacket"

// Parse reads [name=]address, where address is one of
//
//	tcp://host:port   also tcp4, tcp6, udp, udp4, udp6; an empty host is every address
//	unix:///path      also unixgram, unixpacket; options ?mode=0660&owner=user&group=group
//	unix:@name        abstract (Linux only)
//	host:port  :port  port    short for tcp://
//
// An IPv6 host is written in brackets. In a unix path %XX is a byte, so that
// "%" is written %25 and "?" %3F. A name is at most 255 printable ASCII
// characters without space and without any of : = / ? [ (sd_listen_fds(3)).
func Parse(s string) (Address, error) {
	name, rest, named := cutName(s)
	a, err := parseAddress(rest)
	if named {
		a.Name = name
		err = errors.Join(checkName(name), err)
	}
	if err != nil {
		return Address{}, fmt.Errorf("cannot use address %.300q: %w", s, err)
	}
	return a, nil
}

// cutName splits off a name. An "=" counts only before the first character
// that cannot be in a name but can be before an "=" in an address: that of a
// path, an option, an IPv6 host or an abstract name.
func cutName(s string) (name, rest string, named bool) {
	head := s
	if i := strings.IndexAny(head, "/?["); i >= 0 {
		head = head[:i]
	}
	if i := strings.Index(head, ":@"); i >= 0 {
		head = head[:i]
	}
	// The last one, so that a "=" inside the name is reported as such.
	i := strings.LastIndexByte(head, '=')
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+1:], true
}

func checkName(name string) error {
	if name == "" {
		return errors.New("the name before \"=\" is empty: write name=address, or only the address")
	}
	if len(name) > maxName {
		return fmt.Errorf("the name has %d bytes: use at most %d", len(name), maxName)
	}
	bad := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(":=/?[", r) }
	if i := strings.IndexFunc(name, bad); i >= 0 {
		return fmt.Errorf("the name %q has %q: use printable ASCII without space and : = / ? [", name, []rune(name[i:])[0])
	}
	return nil
}

func parseAddress(s string) (Address, error) {
	if s == "" {
		return Address{}, errors.New("it is empty: write host:port, :port, tcp://host:port or unix:///path")
	}
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		return parseScheme(scheme, rest)
	}
	if scheme, rest, ok := strings.Cut(s, ":"); ok && knownNetwork(scheme) {
		if !strings.HasPrefix(scheme, "unix") {
			return Address{}, fmt.Errorf("%q is a scheme without //: write %s://host:port", scheme, scheme)
		}
		return parseScheme(scheme, rest)
	}
	if isDigits(s) {
		s = ":" + s
	}
	return parseHostPort("tcp", s)
}

func parseScheme(scheme, rest string) (Address, error) {
	switch {
	case !knownNetwork(scheme):
		return Address{}, fmt.Errorf("unknown scheme %q: %s", scheme, allowed)
	case strings.HasPrefix(scheme, "unix"):
		return parseUnix(scheme, rest)
	default:
		return parseHostPort(scheme, rest)
	}
}

func knownNetwork(s string) bool {
	return slices.Contains([]string{"tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix", "unixgram", "unixpacket"}, s)
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
