//go:build unix

package listener

import (
	"fmt"
	"os/user"
	"strconv"
)

// lookUp returns -1 for what is to stay as it is.
func lookUp(a Address) (uid, gid int, err error) {
	uid, gid = -1, -1
	if a.Owner != "" {
		if uid, err = number(a.Owner, userID); err != nil {
			return -1, -1, fmt.Errorf("unknown owner %q: %w", a.Owner, err)
		}
	}
	if a.Group != "" {
		if gid, err = number(a.Group, groupID); err != nil {
			return -1, -1, fmt.Errorf("unknown group %q: %w", a.Group, err)
		}
	}
	return uid, gid, nil
}

// number takes a name first, as chown(1) does, then a number.
func number(s string, byName func(string) (string, error)) (int, error) {
	id, err := byName(s)
	if err != nil {
		id = s
	}
	n, nerr := strconv.ParseUint(id, 10, 31)
	if nerr != nil {
		return -1, err
	}
	return int(n), nil
}

func userID(name string) (string, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return "", err
	}
	return u.Uid, nil
}

func groupID(name string) (string, error) {
	g, err := user.LookupGroup(name)
	if err != nil {
		return "", err
	}
	return g.Gid, nil
}
