package control

import "fmt"

// Leave stops accepting, and leaves the socket to whoever has inherited it. Serve still
// on to answer what it has accepted.
func (s *Server) Leave() {
	s.left.Store(true)
	s.Close()
}

// SucceededError is the answer of a supervisor that was replaced by its new version
// meanwhile: the same request at the same place reaches that one.
type SucceededError struct{ PID int }

func (e *SucceededError) Error() string {
	return fmt.Sprintf("cannot answer: supervisor %d has taken over from this one", e.PID)
}

// Hint says where to go.
func (e *SucceededError) Hint() string { return "ask again" }

// UpgradeError is a new supervisor that did not take over. The one that was asked
// goes on as before.
type UpgradeError struct {
	Text, Tip string
	Config    bool // the new one cannot read its config
}

func (e *UpgradeError) Error() string { return e.Text }

// Hint passes on what may help.
func (e *UpgradeError) Hint() string { return e.Tip }
