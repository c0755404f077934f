// Package adopt hands over the sockets that services bind for themselves. A service
// needs to know nothing of it: it calls socket, bind and listen as ever, each
// generation on sockets of its own, while the one before still serves.
//
// On Linux, bind and listen of a service wait for an answer (seccomp_unotify(2),
// see internal/proc). On bind the socket gets SO_REUSEPORT, so that generations can
// share an address; on listen the call is made here, on a duplicate of the socket
// (pidfd_getfd(2)), which shows exactly when a generation can serve. A program on
// the group of sockets that share an address (SO_ATTACH_REUSEPORT_CBPF, socket(7))
// says which of them new connections go to. It needs no privilege.
//
// A [Table] keeps the sockets of one service.
package adopt
