package adopt

import "golang.org/x/sys/unix"

// direct has the kernel choose among the sockets of the group as it is aimed.
func (g *group) direct() error {
	switch {
	case g.path != "":
		return g.move()
	case len(g.aimed) == 0:
		return nil
	}
	return g.by.direct(g)
}

// steer chooses the way for a new group: by eBPF where the kernel lets us.
func steer() steering {
	if sockets, err := newArray(); err == nil {
		return sockets
	}
	return classic{}
}

// guard has a socket that gets no connections any more turn away what might still
// come by mistake, without a word: a client repeats its SYN a second later, and the
// right socket answers. Connections that it has accepted are not touched.
func guard(fd int) error { return attach(fd, unix.SO_ATTACH_FILTER, dropAll()) }

func attach(fd, option int, program []instruction) error {
	code := make([]unix.SockFilter, len(program))
	for i, p := range program {
		code[i] = unix.SockFilter{Code: p.code, Jt: p.jt, Jf: p.jf, K: p.k}
	}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, option, &unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]})
}
