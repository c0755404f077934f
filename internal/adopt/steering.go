package adopt

// steering is a way to tell the kernel which sockets of a group get new connections.
type steering interface {
	// direct has the kernel choose among the group's sockets as it is aimed.
	direct(g *group) error
	// ordered reports whether what the kernel was told last are numbers in its order:
	// then a socket that leaves, or is another program's, may shift what they mean.
	ordered() bool
	close()
}

// ordered: nothing may happen to the group that changes what its numbers mean.
func (g *group) ordered() bool { return g.path == "" && g.by.ordered() }
