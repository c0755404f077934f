package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// rules reports what keys of a service say against each other or the file
// system, and returns warnings of those that have no effect.
func (r reader) rules(s Service) []string {
	r.whatRuns(s)
	r.dirExists(s)
	r.shellIsNamed(s)
	r.buildHasOutput(s)
	r.readyIsPossible(s)
	r.checkIsPossible(s)
	r.verifyIsPossible(s)
	r.adoptIsPossible(s)
	r.rollingIsPossible(s)
	r.relayIsPossible(s)
	r.canaryIsPossible(s)
	r.placeholdersAreKnown(s)
	return r.withoutEffect(s)
}

func (r reader) whatRuns(s Service) {
	switch {
	case r.isBroken("package", "command", "build.command"):
	case s.Package != "" && len(s.Command) > 0:
		r.report("command", wrong("set together with package").hinted("keep one of them"))
	case s.Package == "" && len(s.Command) == 0 && s.Build.Command == "":
		f := wrong("neither package nor command is set").hinted("set one of them, or build.command and build.output")
		if near, ok := nearest(s.Name, r.others()); ok && r.service.at.line == 0 {
			f = f.hinted("did you mean service %q?", near)
		}
		r.problems.add(r.service.at, path{servicesKey, s.Name}.String(), f)
	case len(s.Command) > 0 && s.Command[0] == "":
		r.report("command", wrong("the name of the program is empty"))
	}
}

// others are the names of the services that a file has.
func (r reader) others() []string {
	var names []string
	for _, f := range r.firsts() {
		if f.at.line > 0 {
			names = append(names, f.name)
		}
	}
	return names
}

func (r reader) dirExists(s Service) {
	if r.isBroken("dir") {
		return
	}
	info, err := os.Stat(s.Dir)
	var f fault
	switch {
	case err == nil && info.IsDir():
		return
	case err == nil:
		f = wrong("%s is no directory", s.Dir)
	case errors.Is(err, fs.ErrNotExist):
		f = wrong("no such directory: %s", s.Dir)
	default:
		f = wrong("%v", err)
	}
	f.cause = err
	r.report("dir", f)
}

func (r reader) shellIsNamed(s Service) {
	if len(s.Shell) > 0 && s.Shell[0] == "" {
		r.report("shell", wrong("the name of the program is empty"))
	}
}

func (r reader) buildHasOutput(s Service) {
	if s.Build.Command != "" && s.Build.Output == "" && len(s.Command) == 0 && !r.isBroken("build.output", "command") {
		r.report("build.command", wrong("build.output is not set").hinted("name the executable that the command makes, or a command to run"))
	}
}

func (r reader) readyIsPossible(s Service) {
	if r.isBroken("ready.by", "ready.http", "ready.tcp", "ready.exec", "listen") {
		return
	}
	tcp := slices.ContainsFunc(s.Listen, listensTCP) || s.Relayed()
	switch {
	case s.Ready.By == ReadyHTTP && strings.HasPrefix(s.Ready.HTTP, "/") && !tcp:
		r.report("ready.by", wrong(`"http" needs a tcp socket`).hinted("add one to listen, or a URL as ready.http"))
	case s.Ready.By == ReadyTCP && s.Ready.TCP == "" && !tcp:
		r.report("ready.by", wrong(`"tcp" needs a tcp socket`).hinted("add one to listen, or an address as ready.tcp"))
	case s.Ready.By == ReadyExec && (len(s.Ready.Exec) == 0 || s.Ready.Exec[0] == ""):
		r.report("ready.by", wrong(`"exec" needs ready.exec`).hinted("name a program that exits with 0 once the service is ready"))
	}
}

// adoptIsPossible: what is adopted the service opens for itself, and until it is
// ready no client of its addresses reaches it.
func (r reader) adoptIsPossible(s Service) {
	if s.Handoff.By != HandoffAdopt || r.isBroken("handoff.by", "listen", "ready.by") {
		return
	}
	switch {
	case len(s.Listen) > 0:
		r.report("handoff.by", wrong(`"adopt" is for a service that opens its sockets for itself, and listen is set`).hinted("remove one of them"))
	case s.Ready.By == ReadyHTTP || s.Ready.By == ReadyTCP:
		r.report("handoff.by", wrong(`"adopt" keeps clients from a version that is not ready, and so the probe of ready.by %q`, s.Ready.By).hinted(`leave ready.by out, or use "notify", "exec" or "alive"`))
	}
}

// rollingIsPossible: versions serve side by side meanwhile, on the same sockets.
func (r reader) rollingIsPossible(s Service) {
	if !s.Handoff.Rolling || r.isBroken("handoff.rolling", "handoff.by", "listen", "once") {
		return
	}
	switch {
	case s.Handoff.By == HandoffRestart:
		r.report("handoff.rolling", wrong(`two versions would run at once, and handoff.by is "restart"`).hinted("remove one of them"))
	case s.Handoff.By == HandoffAdopt:
		r.report("handoff.rolling", wrong(`adopted sockets are handed over all at once, and handoff.by is "adopt"`).hinted("remove one of them, or let the supervisor hold the sockets (listen)"))
	}
}

func (r reader) withoutEffect(s Service) []string {
	by := fmt.Sprintf("ready.by is %q", s.Ready.By)
	rules := []struct {
		key  string
		used bool
		why  string
	}{
		{"build.output", s.Build.Command != "", "build.command is not set"},
		{"build.flags", s.Build.Command == "" && s.Package != "", "there is no Go build"},
		{"ready.after", s.Ready.By == ReadyAlive || s.Ready.By == ReadyAuto, by},
		{"ready.http", s.Ready.By == ReadyHTTP || s.Ready.Check == CheckHTTP, by},
		{"ready.tcp", s.Ready.By == ReadyTCP, by},
		{"ready.exec", s.Ready.By == ReadyExec || s.Ready.Check == CheckExec, by},
		{"handoff.rolling", !s.Handoff.Rolling || !s.Once, "once is set"},
		{"handoff.hold", s.Relayed(), fmt.Sprintf("handoff.by is %q", s.Handoff.By)},
		{"handoff.proxy", s.Relayed() || !s.Handoff.Proxy, fmt.Sprintf("handoff.by is %q", s.Handoff.By)},
		{"handoff.canary.share", !s.Once, "once is set"},
		{"handoff.rolling", !s.Handoff.Rolling || len(s.Listen) > 0 || s.Handoff.By == HandoffSystemd, "the supervisor holds no socket of the service (listen)"},
	}
	var warnings []string
	for _, w := range rules {
		if r.isSet(w.key) && !w.used {
			warnings = append(warnings, fmt.Sprintf("%s: %s has no effect: %s", r.at(w.key), r.path(w.key), w.why))
		}
	}
	return warnings
}
