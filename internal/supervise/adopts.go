package supervise

// Adopts reports whether what the service binds for itself is to be handed over, where
// the system lets that be seen.
func (s Service) Adopts() bool { return s.adopts() }
