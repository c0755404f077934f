package rebuild

import (
	"cmp"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// exeSuffix is what the names of executables end in.
const exeSuffix = ".exe"

// shell hands the command line to cmd as it is: cmd does not know the quoting
// that exec.Command applies to arguments.
func shell(command string) *exec.Cmd {
	cmd := exec.Command(cmp.Or(os.Getenv("ComSpec"), "cmd.exe"))
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /S /C "` + command + `"`}
	return cmd
}

// The system writes Path, most people PATH.
func sameVariable(a, b string) bool { return strings.EqualFold(a, b) }
