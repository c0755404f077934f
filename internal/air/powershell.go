package air

import "strings"

// powershell is what air gives its lines to on Windows, as their last argument.
func powershell() []string {
	return []string{"powershell", "-NoProfile", "-NonInteractive", "-Command"}
}

// shell names the shell of build.command, build.before and rules: on Windows ours is
// another one.
func (t *translation) shell() {
	if t.System != "windows" {
		return
	}
	table := t.serviceTable()
	build, _ := table["build"].(map[string]any)
	if build["command"] != nil || build["before"] != nil || table["rules"] != nil {
		t.put("shell", "", powershell())
	}
}

// inPowershell is a line for it, with more arguments.
func inPowershell(line string, args []string) []string {
	for _, a := range args {
		line += " '" + strings.ReplaceAll(a, "'", "''") + "'"
	}
	return append(powershell(), line)
}

// allOf is one line of several, of which each runs only if the one before has not
// failed. The && of other shells came with version 7; Windows has version 5.
func (t *translation) allOf(lines []string) string {
	if t.System == "windows" {
		return strings.Join(lines, "; if (-not $?) { exit 1 }; ")
	}
	return strings.Join(lines, " && ")
}
