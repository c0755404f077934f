//go:build linux && !startagain

package proc

import (
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// renounce keeps all that the tree executes from gaining privileges. It comes before
// the trap, which may depend on it.
func (p *plan) renounce(s Settings) {
	if s.NoNewPrivileges {
		p.add("cannot set no_new_privs", unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	}
}

// become gives the process its user and its capabilities, in the order in which each
// step still has the privileges that it needs: what bounds capabilities while there is
// CAP_SETPCAP, groups before the user, and capabilities after the user, since the
// change takes the effective ones away.
func (p *plan) become(s Settings) {
	wanted := uint64(0)
	if s.Capabilities != nil {
		wanted = *s.Capabilities
		p.bound(wanted)
	}
	if s.User == nil && s.Capabilities == nil {
		return
	}
	p.add("cannot clear ambient capabilities", unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0).may = true
	if s.User != nil {
		p.assume(*s.User, wanted != 0)
	}
	if s.Capabilities != nil || s.User.UID != 0 {
		p.hold(wanted)
	}
}

// bound drops from the bounding set what is not wanted and is there.
func (p *plan) bound(wanted uint64) {
	for c := range capabilities() {
		if wanted&(1<<c) != 0 {
			continue
		}
		if has, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, uintptr(c), 0, 0, 0); err == nil && has == 1 {
			p.add("cannot give up capability "+CapabilityName(c)+" for good", unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, uintptr(c), 0, 0, 0)
		}
	}
}

// capabilities is how many the kernel has.
func capabilities() int {
	n := 0
	for n < 64 {
		if _, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, uintptr(n), 0, 0, 0); err != nil {
			break
		}
		n++
	}
	return n
}

// assume changes the user. With keep, what is permitted stays so.
func (p *plan) assume(u User, keep bool) {
	what := "cannot become user " + u.Name
	if keep {
		p.add(what, unix.SYS_PRCTL, unix.PR_SET_KEEPCAPS, 1, 0, 0, 0)
	}
	// Who has these groups already needs no privilege to keep them.
	if have, err := os.Getgroups(); err != nil || !sameGroups(have, u.Groups) {
		var to uintptr
		if n := len(u.Groups); n > 0 {
			groups := make([]uint32, n)
			for i, g := range u.Groups {
				groups[i] = uint32(g)
			}
			to = at(p, &groups[0])
		}
		p.add("cannot set the groups of user "+u.Name, sysSetgroups, uintptr(len(u.Groups)), to)
	}
	gid, uid := uintptr(u.GID), uintptr(u.UID)
	p.add(fmt.Sprintf("cannot change to group %d", u.GID), sysSetresgid, gid, gid, gid)
	p.add(what, sysSetresuid, uid, uid, uid)
}

func sameGroups(a, b []int) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// hold makes the wanted capabilities all that there are, and has exec keep them
// whoever the user is.
func (p *plan) hold(wanted uint64) {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	for i := range data {
		part := uint32(wanted >> (32 * i))
		data[i] = unix.CapUserData{Effective: part, Permitted: part, Inheritable: part}
	}
	p.add("cannot set capabilities", unix.SYS_CAPSET, at(p, &header), at(p, &data[0]))
	for c := range 64 {
		if wanted&(1<<c) != 0 {
			p.add("cannot keep capability "+CapabilityName(c), unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, uintptr(c), 0, 0)
		}
	}
}

// reach fails if the process, as it is by now, cannot write to one of the paths.
func (p *plan) reach(s Settings) error {
	for _, path := range s.Writes {
		name, err := p.text(path)
		if err != nil {
			return err
		}
		what := "cannot write to " + path
		if s.User != nil {
			what += " as user " + s.User.Name
		}
		cwd := unix.AT_FDCWD
		p.add(what, unix.SYS_FACCESSAT, uintptr(cwd), name, unix.W_OK)
	}
	return nil
}

// dumpable undoes what a change of user in a child does to the memory that it shares
// with us after vfork: the kernel takes it for a secret, and keeps from us what is
// below /proc/self.
func dumpable() (restore func()) {
	was, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil || was != 1 {
		return func() {}
	}
	return func() { unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) }
}
