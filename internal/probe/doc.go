// Package probe asks a service whether it is ready: by HTTP, by TCP, or by a
// program that exits with 0.
//
// Generations of a service share one listening socket, so that the old one may
// answer what was meant for the new one. A connection therefore counts only if a
// process of the generation that is asked about has accepted it, and no request
// is sent on one that another generation took. Linux tells who accepted; on other
// systems TCP and HTTP return an *UnsupportedError.
package probe

// Belongs reports whether a process is of the generation that is asked about. It
// is called for every process of the machine, newest first, and more than once.
type Belongs func(pid int) bool
