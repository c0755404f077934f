package adopt

import "os"

// mending puts a path back that a former process removes when it ends: one whose calls
// of unlink do not wait for answers. Clients miss the path for the moment that it takes
// to hear of that.
type mending struct {
	events *os.File
	spare  string // another name of the file, beside the path
	of     file
}
