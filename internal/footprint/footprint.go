// Package footprint keeps small what an idle process holds.
package footprint

import "runtime/debug"

// Shed gives memory back that only the start of a program needed: what was collected,
// and (Linux) the pages of the program's own file, most of which initialize packages
// and are not used again. What is used after all comes back from the page cache. It
// stops the world for a moment, and is meant to be called once.
func Shed() {
	debug.FreeOSMemory()
	shedFile()
}
