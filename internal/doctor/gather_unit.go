package doctor

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// verifyUnits asks systemd-analyze(1), where it is, about the units of the project
// and those of the system that start a supervisor.
func verifyUnits(ctx context.Context, o Options) (all []Unit) {
	analyze := lookPath(environ(o.Environ)["PATH"], "systemd-analyze")
	if analyze == "" {
		return nil
	}
	for _, file := range unitFiles(o.Dir) {
		u := verifyUnit(ctx, analyze, file)
		if ctx.Err() != nil {
			break // the answer was cut short
		}
		all = append(all, u)
	}
	return all
}

func verifyUnit(ctx context.Context, analyze, file string) Unit {
	cmd := exec.CommandContext(ctx, analyze, "verify", "--man=no", file)
	cmd.WaitDelay = waitDelay
	out, err := cmd.CombinedOutput()
	u := Unit{File: file, Rejected: err != nil}
	for line := range strings.Lines(string(out)) {
		// It also speaks of units that this one is related to.
		if strings.Contains(line, filepath.Base(file)) {
			u.Said = append(u.Said, strings.TrimSpace(line))
		}
	}
	if u.Rejected && u.Said == nil {
		// What is not about this file is not its fault.
		u.Rejected = false
	}
	return u
}

// unitFiles leaves templates out: they can only be judged with an instance.
func unitFiles(dir string) (all []string) {
	for _, place := range []string{".", "deploy", "deploy/systemd", "systemd", "init"} {
		for _, pattern := range []string{"*.service", "*.socket"} {
			found, _ := filepath.Glob(filepath.Join(dir, place, pattern))
			all = append(all, found...)
		}
	}
	installed, _ := filepath.Glob("/etc/systemd/system/*.service")
	for _, file := range installed {
		if text, err := os.ReadFile(file); err == nil && startsSupervisor(string(text)) {
			all = append(all, file)
		}
	}
	return slices.DeleteFunc(all, func(f string) bool { return strings.Contains(filepath.Base(f), "@") })
}

// startsSupervisor looks for ExecStart=, with its prefixes, see systemd.service(5).
func startsSupervisor(unit string) bool {
	for line := range strings.Lines(unit) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "ExecStart=")
		program, _, _ := strings.Cut(strings.TrimLeft(command, "-@:+!|"), " ")
		if ok && filepath.Base(program) == "supervisor" {
			return true
		}
	}
	return false
}
