package air

import (
	"slices"
	"strings"
)

// once: air leaves a program that has ended alone, unless rerun is set.
func (t *translation) once() {
	if !t.yes("build.rerun") {
		t.put("once", "", true)
		return
	}
	t.restart(t.origin("build.rerun"), "build.rerun starts the program again whenever it ends")
	if t.said("build.rerun_delay") {
		t.warn(t.origin("build.rerun_delay"), "build.rerun_delay is not known here: a program that ended starts again at once, then after 100 ms, doubling up to 30 s")
	}
}

// restart makes the old process end before the next one starts, and says so once.
func (t *translation) restart(origin, why string) {
	if t.restarts() {
		return
	}
	t.put("handoff.by", origin, "restart")
	t.warn(origin, "%s: what runs is stopped before the next starts (handoff.by = \"restart\")", why)
}

// restarts tells whether the old process ends before the next one starts.
func (t *translation) restarts() bool {
	return t.Origins["services."+t.Result.service+".handoff.by"] != ""
}

// arguments sets those of the program that the build makes, and its environment.
func (t *translation) arguments(r runs) {
	args := slices.Concat(r.line.arguments(), t.Args)
	if len(args) > 0 {
		t.put("args", t.origin("build.args_bin", "build.full_bin", "build.entrypoint", "build.bin"), args)
	}
	t.environment(r)
}

func (t *translation) environment(r runs) {
	env := map[string]any{}
	if before, ok := t.serviceTable()["env"].(map[string]any); ok {
		env = before
	}
	for _, e := range r.line.env {
		name, value, _ := strings.Cut(e.text, "=")
		env[name] = value
	}
	if len(r.line.env) > 0 {
		t.put("env", r.origin, env)
	}
}

func (t *translation) serviceTable() map[string]any {
	services, _ := t.Tree["services"].(map[string]any)
	table, _ := services[t.Result.service].(map[string]any)
	return table
}

// runAsItStands runs the line where it is, built or not.
func (t *translation) runAsItStands(r runs) {
	switch {
	case len(r.line.words) == 0 && !r.line.compound:
		t.problems.add(&Error{Where: r.origin, Problem: "no program is named", Hint: "say what to run in build.entrypoint"})
		return
	case debugger(r.line.program()):
		t.restart(r.origin, "dlv holds its port and its program")
		if !slices.ContainsFunc(r.line.words, func(w word) bool { return strings.HasPrefix(w.text, "--headless") }) {
			t.put("stdin", r.origin, true)
		}
	case r.line.compound:
		t.restart(r.origin, "the shell line has several commands")
	}
	t.command(r.line, r.origin)
}

// command runs a line: by itself if it is plain, else by the shell, which gives way
// to a single command so that signals and sockets reach it.
func (t *translation) command(l line, origin string) {
	if l.literal() {
		t.put("command", origin, slices.Concat([]string{l.program()}, l.arguments(), t.Args))
		t.environment(runs{line: l, origin: origin})
		return
	}
	text := l.text
	if !l.compound && len(l.words) > 0 {
		text = l.executed()
	}
	for _, a := range t.Args {
		text += " " + quote(a)
	}
	shell := []string{"/bin/sh", "-c", text}
	if t.System == "windows" {
		shell = inPowershell(l.text, t.Args)
	}
	t.put("command", origin, shell)
}

// runNothing is for files that only want the command to run.
func (t *translation) runNothing(r runs) {
	t.restart(r.origin, "nothing runs but build.cmd")
	program := []string{"true"}
	if t.System == "windows" {
		program = []string{"cmd", "/c", "exit 0"}
	}
	t.put("command", r.origin, program)
}

// runCommand runs a build command that never ends in place of the program that air
// would never start.
func (t *translation) runCommand(cmd string) {
	origin := t.origin("build.cmd")
	t.restart(origin, "build.cmd does not end by itself and is run as the service, without a build")
	if before := t.list("build.pre_cmd"); len(before) > 0 {
		cmd = t.allOf(append(slices.Clone(before), cmd))
	}
	l := parseLine(cmd)
	t.command(l, origin)
	t.watches = watcher(l)
	if t.watches || debugger(l.program()) && !strings.Contains(cmd, "--headless") {
		t.put("stdin", origin, true) // watchers such as tailwindcss end with their standard input
	}
}
