package e2e

import "golang.org/x/sys/unix"

// failing are the system calls that are made to fail, and how. Not among them are those
// of the Go runtime, which ends the program when they fail, those that hardly can fail,
// such as read and fstat of what is open, and close, which closes whatever it returns.
var failing = []struct {
	number uintptr
	name   string
	errno  unix.Errno
	path   int // the argument that is a path, from 1; 0: none
	fd     int // the argument that is a descriptor, from 1; 0: none
}{
	// Processes.
	{number: unix.SYS_CLONE, name: "clone", errno: unix.EAGAIN},
	{number: unix.SYS_SETPGID, name: "setpgid", errno: unix.EPERM},
	{number: unix.SYS_CHDIR, name: "chdir", errno: unix.EACCES, path: 1},
	{number: unix.SYS_CLOSE_RANGE, name: "close_range", errno: unix.ENOSYS},
	{number: unix.SYS_EXECVE, name: "execve", errno: unix.ENOMEM, path: 1},
	{number: unix.SYS_DUP3, name: "dup3", errno: unix.EBUSY},
	{number: unix.SYS_PIDFD_OPEN, name: "pidfd_open", errno: unix.EMFILE},
	{number: unix.SYS_PIDFD_SEND_SIGNAL, name: "pidfd_send_signal", errno: unix.EPERM},
	{number: unix.SYS_PIDFD_GETFD, name: "pidfd_getfd", errno: unix.EPERM},
	{number: unix.SYS_KILL, name: "kill", errno: unix.EPERM},
	{number: unix.SYS_WAITID, name: "waitid", errno: unix.EINTR},
	{number: unix.SYS_WAIT4, name: "wait4", errno: unix.EINTR},
	{number: unix.SYS_PRLIMIT64, name: "prlimit", errno: unix.EPERM},
	// Sockets and pipes.
	{number: unix.SYS_SOCKET, name: "socket", errno: unix.EMFILE},
	{number: unix.SYS_SOCKETPAIR, name: "socketpair", errno: unix.ENFILE},
	{number: unix.SYS_PIPE2, name: "pipe2", errno: unix.EMFILE},
	{number: unix.SYS_EVENTFD2, name: "eventfd2", errno: unix.EMFILE},
	{number: unix.SYS_BIND, name: "bind", errno: unix.ENOSPC, fd: 1},
	{number: unix.SYS_LISTEN, name: "listen", errno: unix.EADDRINUSE, fd: 1},
	{number: unix.SYS_CONNECT, name: "connect", errno: unix.ECONNREFUSED, fd: 1},
	{number: unix.SYS_ACCEPT4, name: "accept4", errno: unix.EMFILE, fd: 1},
	{number: unix.SYS_SETSOCKOPT, name: "setsockopt", errno: unix.ENOMEM, fd: 1},
	{number: unix.SYS_GETSOCKOPT, name: "getsockopt", errno: unix.ENOBUFS, fd: 1},
	{number: unix.SYS_SENDTO, name: "sendto", errno: unix.ENOBUFS, fd: 1},
	{number: unix.SYS_SENDMSG, name: "sendmsg", errno: unix.ENOBUFS, fd: 1},
	{number: unix.SYS_RECVMSG, name: "recvmsg", errno: unix.ENOMEM, fd: 1},
	{number: unix.SYS_EPOLL_CTL, name: "epoll_ctl", errno: unix.ENOMEM, fd: 3},
	{number: unix.SYS_FCNTL, name: "fcntl", errno: unix.EMFILE, fd: 1},
	// Files.
	{number: unix.SYS_OPENAT, name: "openat", errno: unix.EMFILE, path: 2},
	{number: unix.SYS_WRITE, name: "write", errno: unix.ENOSPC, fd: 1},
	{number: unix.SYS_FSYNC, name: "fsync", errno: unix.EIO, fd: 1},
	{number: unix.SYS_NEWFSTATAT, name: "fstatat", errno: unix.EACCES, path: 2},
	{number: unix.SYS_RENAMEAT, name: "renameat", errno: unix.ENOSPC, path: 2},
	{number: unix.SYS_RENAMEAT2, name: "renameat2", errno: unix.EINVAL, path: 2},
	{number: unix.SYS_UNLINKAT, name: "unlinkat", errno: unix.EACCES, path: 2},
	{number: unix.SYS_MKDIRAT, name: "mkdirat", errno: unix.ENOSPC, path: 2},
	{number: unix.SYS_FCHMODAT, name: "fchmodat", errno: unix.EPERM, path: 2},
	{number: unix.SYS_FACCESSAT2, name: "faccessat2", errno: unix.EACCES, path: 2},
	{number: unix.SYS_READLINKAT, name: "readlinkat", errno: unix.EACCES, path: 2},
	{number: unix.SYS_GETDENTS64, name: "getdents64", errno: unix.EIO, fd: 1},
}
