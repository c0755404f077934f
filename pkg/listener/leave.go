package listener

// Leave has Close leave the path of a unix socket where it is: somebody else listens
// on the same socket now.
func (s *Socket) Leave() { s.file = nil }
