package control

// withLists turns lists that are nil to empty ones, so that a script finds [] and
// never null.
func withLists(st Status) Status {
	st.Config, st.Services = list(st.Config), list(st.Services)
	for i := range st.Services {
		s := &st.Services[i]
		s.Sockets, s.Generations = list(s.Sockets), list(s.Generations)
		s.Artifacts = list(s.Artifacts)
		for j := range s.Generations {
			s.Generations[j].Processes = list(s.Generations[j].Processes)
		}
	}
	return st
}

// list returns a copy, since what a Supervisor told stays its own.
func list[T any](s []T) []T { return append([]T{}, s...) }
