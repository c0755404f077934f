//go:build unix

package listener

import "fmt"

// Permit gives the path of a unix socket the mode, the owner and the group of a,
// which is otherwise the same address. Without an owner or a group in a they stay
// what they are. A socket that is no path, or whose path somebody else made, has
// nothing to change.
func (s *Socket) Permit(a Address) error {
	was := s.address
	s.address.Mode, s.address.Owner, s.address.Group = a.Mode, a.Owner, a.Group
	if s.file == nil || s.address == was {
		return nil
	}
	uid, gid, err := lookUp(a)
	if err == nil {
		err = s.permit(uid, gid)
	}
	if err != nil {
		s.address = was
		return fmt.Errorf("cannot change %v: %w", a, err)
	}
	return nil
}
