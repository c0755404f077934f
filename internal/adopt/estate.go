package adopt

// Estate is what one Table leaves to another. The descriptors in it are duplicates,
// for whoever asked to close, or to give to Inherit.
type Estate struct {
	Serving int      // the generation that new connections go to
	Sockets []Left   // those at one place in the kernel's order
	Others  []string // what that generation has bound and cannot be handed over
}

// Left is a socket of an Estate.
type Left struct {
	Owner
	Kept bool   // the service left it for its next generations
	Path string // of a unix socket; with @ before it, an abstract name
	FD   int
}

// Known is a socket as it stands on record for whoever comes after a supervisor that
// was killed.
type Known struct {
	Owner
	Inode uint64
	Kept  bool
	Path  string // as that of Left
}

// Survivor is a process tree that outlived the table which followed it.
type Survivor struct {
	Tree
	PIDs []int
}
