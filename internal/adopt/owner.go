package adopt

// Owner is one process tree of a service.
type Owner struct{ Generation, Proc int }

// Tree is what a Table must know of a process tree.
type Tree struct {
	Owner
	Contains func(pid int) bool
	Loose    bool // its calls of unlink do not wait for answers
}

// Notice is something that whoever runs the service should know.
type Notice struct {
	Generation, PID int
	Text            string
}

// Learnt is an address that the service has bound for itself.
type Learnt struct{ Network, Addr string }
