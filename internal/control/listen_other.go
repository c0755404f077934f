//go:build !linux && !darwin && !freebsd

package control

import "os"

// Listen would open the control socket at path; here it is an *UnsupportedError.
func Listen(path string) (*Server, error) { return nil, unsupported() }

// Duplicate would be for the supervisor that succeeds this one.
func (s *Server) Duplicate() (int, error) { return -1, unsupported() }

// Inherit would take over the control socket.
func Inherit(string, int) (*Server, error) { return nil, unsupported() }

func removeOwn(string, os.FileInfo) error { return unsupported() }

func unsupported() error {
	return &UnsupportedError{
		What:    "open the control socket",
		Instead: "the supervisor runs without it: status, reload and stop are not answered, Ctrl-C drains and ends it",
	}
}
