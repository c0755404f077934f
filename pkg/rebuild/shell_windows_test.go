package rebuild

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cmd gets a command line as it is: its own quotes, variables and lists work.
func TestCmd(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "with space")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]string{
		`echo "%REBUILD_TEST%"`:                         "\"a b\"\n",
		`echo one& echo two`:                            "one\ntwo\n",
		`if exist "no such" (echo yes) else (echo no)`:  "no\n",
		`(echo x)>"a file"& type "a file"`:              "x\n",
		`(echo x | find "x" >NUL && echo found) || ver`: "found\n",
	} {
		lines := newSink()
		err := Shell(t.Context(), command, ShellOptions{Dir: dir, Sink: lines, Env: append(os.Environ(), "REBUILD_TEST=a b")})
		if got := strings.ReplaceAll(lines.all(), "\r", ""); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", command, got, err, want)
		}
	}
	if err := Shell(t.Context(), "exit 7", ShellOptions{Dir: dir}); err == nil || !strings.Contains(err.Error(), "exit status 7") {
		t.Errorf("got %v", err)
	}
}

// As an .air.toml has it.
func TestPowershell(t *testing.T) {
	shell := []string{"powershell", "-NoProfile", "-NonInteractive", "-Command"}
	run := func(command string) (string, error) {
		lines := newSink()
		err := Shell(t.Context(), command, ShellOptions{Dir: t.TempDir(), Shell: shell, Sink: lines})
		return strings.ReplaceAll(lines.all(), "\r", ""), err
	}
	if got, _ := run("Write-Output (40+2)"); got != "42\n" {
		t.Skipf("there is no PowerShell here: it says %q", got)
	}
	if got, err := run(`if ($true) { Write-Output 'a "b"' }`); err != nil || got != "a \"b\"\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := run("exit 3"); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v", err)
	}
	if got, err := run("cmd /c exit 1; if (-not $?) { exit 1 }; Write-Output no"); err == nil || got != "" {
		t.Errorf("a step that failed: got %q, %v", got, err)
	}
}
