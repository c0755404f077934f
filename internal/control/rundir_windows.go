package control

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// runtimeDir picks the directory; it makes nothing. An elevated process, which a
// service usually is, and whoever administers it meet in the one of the machine.
func runtimeDir(getenv func(string) string, _ int) (string, error) {
	variable := "LOCALAPPDATA"
	if windows.GetCurrentProcessToken().IsElevated() {
		variable = "ProgramData"
	}
	dir := getenv(variable)
	if dir == "" {
		return "", fmt.Errorf("cannot find a directory for the control pipe: %%%s%% is not set; use --control PATH", variable)
	}
	return filepath.Join(dir, "supervisor", "run"), nil
}

func makePrivate(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cannot make a directory for the control pipe: %w", err)
	}
	return checkPrivate(dir, 0)
}

// checkPrivate refuses a directory that another user has made, in %ProgramData% say, and
// could lead elsewhere. That others may make files there does no harm: they only say which
// pipes to try, and each pipe is asked whose it is.
func checkPrivate(dir string, _ int) error {
	own, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return fmt.Errorf("cannot tell who this user is: %w", err)
	}
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := madeBy(d, own.User.Sid); err != nil {
			return fmt.Errorf("cannot use %s for the control pipe: %w", d, err)
		}
	}
	return nil
}

func madeBy(dir string, own *windows.SID) error {
	info, err := windows.GetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return err
	}
	return belongs(info, own)
}
