// Package footprint keeps small what an idle process holds.
package footprint

import "runtime/debug"

// Shed gives memory back that an idle program does not need: what can be collected,
// and (Linux) the pages of the program's own file, most of which initialize packages
// and are not used again. What is used after all comes back from the page cache. It
// stops the world for a moment.
func Shed() {
	debug.FreeOSMemory()
	shedFile()
}
