package listener

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// parseHostPort normalises the port ("080") and literal addresses ("::0001"),
// so that equal addresses compare equal.
func parseHostPort(network, s string) (Address, error) {
	if strings.ContainsRune(s, '?') {
		return Address{}, errors.New("only unix paths take options (mode, owner, group)")
	}
	host, port, err := splitHostPort(s)
	if err != nil {
		return Address{}, err
	}
	if port, err = parsePort(port); err != nil {
		return Address{}, err
	}
	if host, err = parseHost(network, host); err != nil {
		return Address{}, err
	}
	return Address{Network: network, Addr: net.JoinHostPort(host, port)}, nil
}

func splitHostPort(s string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(s)
	switch {
	case err == nil && port != "":
		return host, port, nil
	case err == nil:
		return "", "", errors.New("the port is missing after \":\": write host:port, or port 0 for any free one")
	case isDigits(s) && s != "":
		return "", "", fmt.Errorf("%s could be a host or a port: write :%s for the port", s, s)
	case strings.Count(s, ":") > 1 && !strings.HasPrefix(s, "["):
		return "", "", errors.New("too many colons: write an IPv6 address in brackets, [::1]:8080")
	case strings.Contains(err.Error(), "missing port"):
		return "", "", errors.New("the port is missing: write host:port, [::1]:port or :port")
	default:
		return "", "", errors.New("it is not host:port, [::1]:port or :port")
	}
}

func parsePort(s string) (string, error) {
	if !isDigits(s) {
		return "", fmt.Errorf("the port %q is not a number: use 0 (any free one) to 65535", s)
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return "", fmt.Errorf("the port %s is out of range: use 0 (any free one) to 65535", s)
	}
	return strconv.FormatUint(n, 10), nil
}

func parseHost(network, host string) (string, error) {
	if host == "*" {
		return "", errors.New("the host \"*\" is not a name: leave it empty for every address")
	}
	bad := func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`/\?#@=&[]"'`, r) }
	if i := strings.IndexFunc(host, bad); i >= 0 {
		return "", fmt.Errorf("the host %q has %q: use a host name or an IP address", host, host[i])
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host, checkHostName(host)
	}
	is4 := ip.Unmap().Is4()
	if strings.HasSuffix(network, "4") && !is4 {
		return "", fmt.Errorf("%s is not an IPv4 address: use %s", host, strings.Replace(network, "4", "6", 1))
	}
	if strings.HasSuffix(network, "6") && is4 {
		return "", fmt.Errorf("%s is not an IPv6 address: use %s", host, strings.Replace(network, "6", "4", 1))
	}
	return ip.String(), nil
}

// checkHostName refuses what can only be a mistyped IP address. Whether a name
// resolves is found out by Open.
func checkHostName(host string) error {
	if strings.ContainsAny(host, ":%") {
		return fmt.Errorf("the host %q is neither a name nor an IP address", host)
	}
	if host != "" && strings.Trim(host, "0123456789.") == "" {
		return fmt.Errorf("the host %q is not an IPv4 address: write four numbers of 0 to 255", host)
	}
	return nil
}
