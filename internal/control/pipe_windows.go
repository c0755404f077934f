package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// pipePrefix begins the names of all pipes of supervisors.
const pipePrefix = `\\.\pipe\supervisor-`

// pipeOf names the pipe that belongs to the path of a control socket. A file at the
// path says that there may be a supervisor, as the socket itself does elsewhere.
func pipeOf(path string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(filepath.Clean(path))))
	return pipePrefix + hex.EncodeToString(sum[:16])
}

// connect dials the supervisor at path. A pipe of another user, who may have taken
// the name before the supervisor could, is not spoken to.
func connect(ctx context.Context, path string) (net.Conn, error) {
	c, err := winio.DialPipeContext(ctx, pipeOf(path))
	if err != nil {
		return nil, err
	}
	if err := trusted(c); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// refused is never the answer of a pipe: there is one, or there is none.
func refused(error) bool { return false }

func cut(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA) ||
		errors.Is(err, windows.ERROR_PIPE_NOT_CONNECTED)
}

func trusted(c net.Conn) error {
	pipe, ok := c.(interface{ Fd() uintptr })
	if !ok {
		return errors.New("cannot tell whose the pipe is")
	}
	info, err := windows.GetSecurityInfo(windows.Handle(pipe.Fd()), windows.SE_KERNEL_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("cannot tell whose the pipe is: %w", err)
	}
	own, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return fmt.Errorf("cannot tell whose the pipe is: %w", err)
	}
	if err := belongs(info, own.User.Sid); err != nil {
		return fmt.Errorf("cannot trust the pipe: %w", err)
	}
	return nil
}

// belongs reports whether something is own's, or of those who may do anything anyway.
func belongs(info *windows.SECURITY_DESCRIPTOR, own *windows.SID) error {
	owner, _, err := info.Owner()
	if err != nil {
		return err
	}
	if owner == nil || !owner.Equals(own) && !owner.IsWellKnown(windows.WinBuiltinAdministratorsSid) &&
		!owner.IsWellKnown(windows.WinLocalSystemSid) {
		return fmt.Errorf("it belongs to %v: %w", owner, os.ErrPermission)
	}
	return nil
}

// access makes the user of this process the owner, and lets administrators in besides.
// (winio refuses those who come over the network.)
func access() (string, error) {
	own, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return "", fmt.Errorf("cannot tell who this user is: %w", err)
	}
	return fmt.Sprintf("O:%[1]vD:P(A;;GA;;;%[1]v)(A;;GA;;;BA)", own.User.Sid), nil
}
