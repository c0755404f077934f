package listener

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strconv"
	"strings"
	"syscall"
)

// maxPath is what sockaddr_un holds besides its final NUL: 107 bytes on Linux
// and Windows, 103 on the BSDs and macOS.
const maxPath = len(syscall.RawSockaddrUnix{}.Path) - 1

func parseUnix(network, s string) (Address, error) {
	raw, query, hasQuery := strings.Cut(s, "?")
	path, err := unescape(raw)
	if err != nil {
		return Address{}, err
	}
	if err := checkPath(network, path); err != nil {
		return Address{}, err
	}
	a := Address{Network: network, Addr: path}
	if !hasQuery {
		return a, nil
	}
	if a.abstract() {
		return Address{}, errors.New("an abstract socket has no file: it takes no mode, owner or group")
	}
	return a, a.setOptions(query)
}

func checkPath(network, path string) error {
	abstract, isAbstract := strings.CutPrefix(path, "@")
	switch {
	case path == "":
		return fmt.Errorf("the path is missing: write %s:///path or %s:@name", network, network)
	case isAbstract && abstract == "":
		return fmt.Errorf("the abstract name is empty: write %s:@name", network)
	case !isAbstract && path[0] != '/':
		return fmt.Errorf("the path %q is relative: write %s:///path from the root", path, network)
	case !isAbstract && strings.HasSuffix(path, "/"):
		return fmt.Errorf("the path %q is a directory: add a file name", path)
	case strings.ContainsRune(path, 0):
		return fmt.Errorf("the path %q has a NUL byte", path)
	case len(strings.TrimPrefix(path, "@")) > maxPath:
		return fmt.Errorf("the path has %d bytes: the system allows at most %d", len(path), maxPath)
	}
	return nil
}

func (a *Address) setOptions(query string) error {
	seen := map[string]bool{}
	for opt := range strings.SplitSeq(query, "&") {
		key, raw, _ := strings.Cut(opt, "=")
		value, err := unescape(raw)
		if err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("the option %q is given twice", key)
		}
		seen[key] = true
		if err := a.setOption(key, value); err != nil {
			return err
		}
	}
	return nil
}

func (a *Address) setOption(key, value string) (err error) {
	switch key {
	case "mode":
		a.Mode, err = parseMode(value)
		return err
	case "owner":
		a.Owner = value
	case "group":
		a.Group = value
	default:
		return fmt.Errorf("unknown option %q: use mode, owner or group", key)
	}
	if value == "" {
		return fmt.Errorf("the option %q is empty: write a name or a number", key)
	}
	return nil
}

func parseMode(s string) (fs.FileMode, error) {
	n, err := strconv.ParseUint(s, 8, 32)
	if err != nil || n == 0 || n > 0o777 {
		return 0, fmt.Errorf("the mode %q is not octal permissions: use 0001 to 0777, such as 0660", s)
	}
	return fs.FileMode(n), nil
}

func unescape(s string) (string, error) {
	out, err := url.PathUnescape(s)
	if err != nil {
		return "", fmt.Errorf("%q has a bad escape: write %%XX, and %%25 for %% itself", s)
	}
	return out, nil
}
