package adopt

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// direct has the kernel choose among the sockets of the group as it is aimed. Where
// their numbers are not known it goes on as it does.
func (g *group) direct() error {
	if g.path != "" {
		return g.move()
	}
	indices, ok := g.indices()
	if len(indices) == 0 || !ok {
		return nil
	}
	program := selector(indices)
	if g.tried != nil {
		program = g.sharer()
	}
	if err := attach(g.aimed[0].fd, unix.SO_ATTACH_REUSEPORT_CBPF, program); err != nil {
		return fmt.Errorf("cannot steer the connections to %s: %w", g.place, err)
	}
	return nil
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
