//go:build unix && (!linux || startagain)

package proc

import "syscall"

// Supported returns a *SettingError if this system lacks one of the settings.
func (s Settings) Supported() error { return s.only() }

// credential is the user, for the process that is to become the program.
func (s Settings) credential() *syscall.Credential {
	if s.User == nil {
		return nil
	}
	c := &syscall.Credential{Uid: uint32(s.User.UID), Gid: uint32(s.User.GID)}
	for _, g := range s.User.Groups {
		c.Groups = append(c.Groups, uint32(g))
	}
	return c
}
