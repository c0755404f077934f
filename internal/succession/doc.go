// Package succession lets nothing be lost when a supervisor is killed. A Keeper
// keeps on record which processes run and which sockets are held; the next
// supervisor takes over what lives of that.
//
//	supervisor 1 ── Keeper ──▶ record ── Read ──▶ supervisor 2 ── TakeOver ──▶ sockets,
//	     ✝                                                                     survivors
//
// Processes are recognised by PID, start and mark, so that nobody who was given a
// PID since is touched. Sockets are taken from the processes that hold them, with
// pidfd_getfd(2). Both are there on Linux only.
package succession
