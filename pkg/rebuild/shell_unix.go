//go:build unix

package rebuild

import "os/exec"

// exeSuffix is what the names of executables end in.
const exeSuffix = ""

// shell is POSIX's way to run a command line.
func shell(command string) *exec.Cmd { return exec.Command("/bin/sh", "-c", command) }

func sameVariable(a, b string) bool { return a == b }
