package footprint

import (
	"os"
	"runtime"
)

// Processors has this program's Go code run on all processors, or on one, unless
// GOMAXPROCS says how many. With one, its threads do not wake each other to look for work,
// which takes the time of those whose turn it is.
func Processors(all bool) {
	switch {
	case os.Getenv("GOMAXPROCS") != "":
	case all:
		runtime.SetDefaultGOMAXPROCS()
	default:
		runtime.GOMAXPROCS(1)
	}
}
