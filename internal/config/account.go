package config

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"
)

// Account is a user and a group as the system knows them.
type Account struct {
	Name        string // empty: only the group is set
	UID, GID    int
	Groups      []int // all that the user is in, sorted
	Home, Shell string
}

// another reports whether it is not the account of this process.
func (a *Account) another() bool { return a != nil && a.UID != os.Geteuid() }

func (a *Account) equal(o *Account) bool {
	if a == nil || o == nil {
		return a == o
	}
	return a.Name == o.Name && a.UID == o.UID && a.GID == o.GID && a.Home == o.Home && a.Shell == o.Shell &&
		slices.Equal(a.Groups, o.Groups)
}

// account looks user and group up, and reports what there is not.
func (r reader) account() *Account {
	name, group := get[string](r, "user"), get[string](r, "group")
	if name == "" && group == "" {
		return nil
	}
	a := &Account{UID: os.Geteuid(), GID: os.Getegid()}
	if name != "" {
		found, err := findUser(name)
		if err != nil {
			r.report("user", wrong("%v", err).hinted("make one, or name one that is there"))
			return nil
		}
		a = found
	}
	if group != "" {
		gid, err := findGroup(group)
		if err != nil {
			r.report("group", wrong("%v", err).hinted("make one, or name one that is there"))
			return nil
		}
		a.GID = gid
		if name == "" {
			a.Groups = nil
		}
	}
	a.Groups = append(a.Groups, a.GID)
	slices.Sort(a.Groups)
	a.Groups = slices.Compact(a.Groups)
	return a
}

// findUser takes a name or a number.
func findUser(name string) (*Account, error) {
	u, err := user.Lookup(name)
	if _, numeric := number(name); err != nil && numeric {
		u, err = user.LookupId(name)
	}
	if err != nil {
		return nil, unknownAccount("user", name, err)
	}
	a := &Account{Name: u.Username, Home: u.HomeDir, Shell: shellOf(u.Username)}
	var known, grouped bool
	a.UID, known = number(u.Uid)
	a.GID, grouped = number(u.Gid)
	if !known || !grouped {
		return nil, fmt.Errorf("user %q has no number on this system", name)
	}
	ids, err := u.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("cannot find the groups of user %q: %w", name, err)
	}
	for _, id := range ids {
		if gid, ok := number(id); ok {
			a.Groups = append(a.Groups, gid)
		}
	}
	return a, nil
}

func findGroup(name string) (gid int, err error) {
	g, err := user.LookupGroup(name)
	if _, numeric := number(name); err != nil && numeric {
		g, err = user.LookupGroupId(name)
	}
	if err != nil {
		return 0, unknownAccount("group", name, err)
	}
	gid, ok := number(g.Gid)
	if !ok {
		return 0, fmt.Errorf("group %q has no number on this system", name)
	}
	return gid, nil
}

// unknownAccount tells one that is not there from a look-up that failed.
func unknownAccount(kind, name string, err error) error {
	var (
		noUser    user.UnknownUserError
		noUserID  user.UnknownUserIdError
		noGroup   user.UnknownGroupError
		noGroupID user.UnknownGroupIdError
	)
	if errors.As(err, &noUser) || errors.As(err, &noUserID) || errors.As(err, &noGroup) || errors.As(err, &noGroupID) {
		return fmt.Errorf("there is no %s %q", kind, name)
	}
	return fmt.Errorf("cannot look up %s %q: %w", kind, name, err)
}

func number(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	return int(n), err == nil
}

// shellOf reads what package user leaves out of passwd(5). Users that come from
// elsewhere have none.
func shellOf(name string) string {
	f, err := os.Open("/etc/passwd")
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if fields := strings.Split(lines.Text(), ":"); len(fields) == 7 && fields[0] == name {
			return fields[6]
		}
	}
	return ""
}
