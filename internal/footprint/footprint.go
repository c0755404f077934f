// Package footprint keeps small what an idle process holds.
package footprint

import (
	"os"
	"runtime/debug"
)

// growth is by how much the heap may grow before it is collected, in percent of what is in
// use; below 2 MiB it is not collected. Go's 100, and 4 MiB, keep as much garbage as a
// supervisor keeps data, and that only after a hundred handoffs. A collection of so little
// takes no time.
const growth = 50

// Bound has garbage collected early, unless GOGC says when.
func Bound() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
}

// Shed gives memory back that an idle program does not need: what can be collected,
// and (Linux) the pages of the program's own file, most of which initialize packages
// and are not used again. What is used after all comes back from the page cache. It
// stops the world for a moment.
func Shed() {
	debug.FreeOSMemory()
	shedFile()
}
