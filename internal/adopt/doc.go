// Package adopt hands over the sockets that services bind for themselves. A service
// needs to know nothing of it: it calls socket, bind and listen as ever, each
// generation on sockets of its own, while the one before still serves.
//
// On Linux, bind and listen of a service wait for an answer (seccomp_unotify(2),
// see internal/proc). On bind the socket gets SO_REUSEPORT, so that generations can
// share an address; on listen the call is made here, on a duplicate of the socket
// (pidfd_getfd(2)), which shows exactly when a generation can serve. A program on
// the group of sockets that share an address says which of them new connections go to:
// one of eBPF (SO_ATTACH_REUSEPORT_EBPF, socket(7)) where the kernel lets us, or else one
// of classic BPF (SO_ATTACH_REUSEPORT_CBPF), which needs no privilege.
//
// A [Table] keeps the sockets of one service.
//
// # Limits
//
// TCP, UDP and streams of unix(7) are adopted. A path of unix(7) is moved from the
// socket of one generation to that of the next, by rename(2); an abstract name cannot
// be, and its service is stopped before its next version starts, while clients wait.
// When the program that answers is killed, services go on as they are, and whatever
// they bind or listen on later fails with ENOSYS. A service of a user who is not
// root runs with no_new_privs, so that programs with the setuid bit or capabilities
// that it starts gain none. What binds by io_uring, or by another architecture's
// system calls, is not seen. All versions must run as the same user.
//
// A request on a connection that is kept alive can meet the end of its server, as
// with every server that closes what is idle; new connections meet none.
package adopt
