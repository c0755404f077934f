package proc

// Stray is a process tree of which only what its environment says is known.
type Stray struct {
	Identity // of the leader
	Env      map[string]string
	leads    bool // a group
}
