package doctor

import (
	"errors"
	"net"
	"path/filepath"
	"syscall"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

func checkAddresses(f Facts) (all []Finding) {
	for _, a := range f.Addresses {
		if !errors.Is(a.Err, errors.ErrUnsupported) {
			all = append(all, checkAddress(a, f.Status, f.Control.Live))
		}
	}
	return all
}

func checkAddress(a Address, st *control.Status, live []control.Found) Finding {
	inUse, taken := errors.AsType[*listener.InUseError](a.Err)
	cannot := func(format string, args ...any) Finding {
		return problem("address", format, args...).because("%s cannot listen there", a.Service)
	}
	switch {
	case a.Err == nil:
		return fine("address", "%v of %s is free", a.Address, a.Service)
	case taken && heldFor(a, inUse.Holder, st):
		return fine("address", "%v of %s is held by the supervisor (pid %d)", a.Address, a.Service, st.PID)
	case taken && inUse.Holder == nil:
		return cannot("%v is taken, by whom does not show without root", a.Address).mended("%s", whoHolds(a.Address))
	case taken && ofOther(live, inUse.Holder.PID) != "":
		return cannot("%v is held by another supervisor (pid %d)", a.Address, inUse.Holder.PID).
			mended("supervisor stop --control %s", quote(ofOther(live, inUse.Holder.PID)))
	case taken && inUse.Holder.PID == 1:
		return cannot("%v is taken by %s (pid 1) for one of its units", a.Address, inUse.Holder.Name).
			mended("systemctl list-sockets")
	case taken && a.Left:
		return cannot("%v is taken by %s (pid %d), a service whose supervisor is gone", a.Address, inUse.Holder.Name, inUse.Holder.PID).
			mended("kill %d", inUse.Holder.PID)
	case taken:
		return cannot("%v is taken by %s (pid %d)", a.Address, inUse.Holder.Name, inUse.Holder.PID).
			mended("kill %d", inUse.Holder.PID)
	case errors.Is(a.Err, syscall.EACCES), errors.Is(a.Err, syscall.EPERM):
		return cannot("%v", a.Err).mended("%s", allow(a.Address))
	case errors.Is(a.Err, syscall.EADDRNOTAVAIL):
		return cannot("%v", a.Err).mended("%s", showAddresses)
	case errors.Is(a.Err, syscall.ENOENT):
		return cannot("%v", a.Err).mended("mkdir -p %s", quote(filepath.Dir(a.Address.Addr)))
	}
	return cannot("%v", a.Err)
}

// heldFor reports whether the supervisor that runs, or what it runs, has the address.
func heldFor(a Address, holder *listener.Holder, st *control.Status) bool {
	if st == nil {
		return false
	}
	if holder != nil && holder.PID == st.PID {
		return true
	}
	for _, s := range st.Services {
		for _, k := range s.Sockets {
			if k.Address == a.Address.String() {
				return true
			}
		}
		if holder != nil && runs(s, holder.PID) {
			return true
		}
	}
	return false
}

// ofOther is the control socket of the supervisor with this PID, "" if it is none.
func ofOther(live []control.Found, pid int) string {
	for _, f := range live {
		if f.PID == pid {
			return f.Path
		}
	}
	return ""
}

func runs(s control.Service, pid int) bool {
	for _, g := range s.Generations {
		for _, p := range g.Processes {
			if p.PID == pid {
				return true
			}
		}
	}
	return false
}

// whoHolds is for another user's process, which shows itself to root alone.
func whoHolds(a listener.Address) string {
	if a.Addr != "" && a.Addr[0] == '/' {
		return "sudo lsof " + quote(a.Addr)
	}
	if _, port, err := net.SplitHostPort(a.Addr); err == nil {
		return "sudo lsof -nP -i :" + port
	}
	return "sudo supervisor doctor"
}

// allow is about ports below 1024, and about directories.
func allow(a listener.Address) string {
	if a.Addr != "" && a.Addr[0] == '/' {
		return "ls -ld " + quote(filepath.Dir(a.Addr))
	}
	return allowLowPorts
}
