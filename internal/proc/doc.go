// Package proc runs one child process tree: start, signal, reap, kill.
//
// LISTEN_PID must carry the PID of the very process that becomes the program, which
// nobody knows before the fork. On Linux the child writes it itself: between fork
// and exec it goes through a list of system calls that was made before, and fills in
// its PID where the list says (steps_linux.go, fork_linux.go). Elsewhere the
// program's own binary is executed once more, and becomes the child from there
// (start_again.go). Neither uses os/exec: that would clear O_NONBLOCK on listening
// sockets that other processes share.
package proc
