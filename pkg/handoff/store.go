package handoff

import "net"

// Store keeps what the processes of a service leave for its next generation with
// FDSTORE=1 (sd_pid_notify_with_fds(3)). It belongs to one goroutine; the zero
// Store is empty.
type Store struct{ kept []*stored }

// stored is one descriptor. It is closed when it is out of the store and no
// process is being started with it.
type stored struct {
	Named
	noPoll bool
	users  int
	gone   bool
}

// StoreMax is how many descriptors a Store keeps. With the listening sockets they
// travel to a process in one message of SCM_RIGHTS, which holds 253.
const StoreMax = 200

// Add keeps the descriptors of a message with FDSTORE=1 and returns how many did
// not fit. All of them belong to the Store now. One that is there already, under
// the same name, is not kept twice.
func (s *Store) Add(m Message) (refused int) {
	name := m.Notice.FDName
	if name == "" {
		name = "stored"
	}
	for _, fd := range m.FDs {
		switch {
		case s.has(name, fd):
			closeFD(fd)
		case len(s.kept) >= StoreMax:
			closeFD(fd)
			refused++
		default:
			s.kept = append(s.kept, &stored{Named: Named{Name: name, FD: fd}, noPoll: m.Notice.NoPoll})
		}
	}
	return refused
}

func (s *Store) has(name string, fd int) bool {
	for _, k := range s.kept {
		if k.Name == name && sameFile(k.FD, fd) {
			return true
		}
	}
	return false
}

// Remove drops everything of the name, as FDSTOREREMOVE=1 asks.
func (s *Store) Remove(name string) {
	s.drop(func(k *stored) bool { return k.Name == name })
}

// Take returns what is kept, less what has hung up. The descriptors stay valid
// until release is called, which must happen in the goroutine of the Store.
func (s *Store) Take() (fds []Named, release func()) {
	s.drop(func(k *stored) bool { return !k.noPoll && hungUp(k.FD) })
	taken := append([]*stored(nil), s.kept...)
	for _, k := range taken {
		k.users++
		fds = append(fds, k.Named)
	}
	return fds, func() {
		for _, k := range taken {
			k.users--
			k.closeUnused()
		}
	}
}

// Learnt is a socket that a service bound for itself and left for its next
// generation.
type Learnt struct {
	Name, Network string
	Addr          net.Addr
}

// Learnt returns the listening and datagram sockets among what is kept.
func (s *Store) Learnt() (all []Learnt) {
	for _, k := range s.kept {
		if i, err := examine(k.FD, k.Name); err == nil && i.addr != nil {
			all = append(all, Learnt{k.Name, i.network, i.addr})
		}
	}
	return all
}

// Close drops everything.
func (s *Store) Close() { s.drop(func(*stored) bool { return true }) }

func (s *Store) drop(unwanted func(*stored) bool) {
	var kept []*stored
	for _, k := range s.kept {
		if !unwanted(k) {
			kept = append(kept, k)
			continue
		}
		k.gone = true
		k.closeUnused()
	}
	s.kept = kept
}

func (k *stored) closeUnused() {
	if k.gone && k.users == 0 {
		closeFD(k.FD)
	}
}
