// Package proc runs one child process tree: start, signal, reap, kill.
//
// A child is started through a launcher: the program's own binary, executed once
// more, which waits on a socket for its orders and then becomes the child by
// exec. Only there is the PID known that LISTEN_PID must carry, and file
// descriptors arrive there by SCM_RIGHTS, untouched: os/exec would clear
// O_NONBLOCK on listening sockets that other processes share. One launcher is
// kept warm, so that its start is not part of a handoff.
package proc
