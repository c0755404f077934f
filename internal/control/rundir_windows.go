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
	return nil
}

// checkPrivate has nothing to check: files there only say which pipes to try, and
// each pipe is asked whose it is.
func checkPrivate(string, int) error { return nil }
