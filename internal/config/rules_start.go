package config

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/verify"
)

// checkIsPossible reports what a preflight and a check lack.
func (r reader) checkIsPossible(s Service) {
	if p := s.Ready.Preflight; len(p) > 0 && p[0] == "" {
		r.report("ready.preflight", wrong("the name of the program is empty"))
	}
	if s.Ready.Check == CheckNone || r.isBroken("ready.check", "ready.http", "ready.exec", "ready.confirm", "listen") {
		return
	}
	switch {
	case s.Ready.Confirm == 0 && s.Handoff.Canary.Share == 0:
		r.report("ready.check", wrong("%q needs ready.confirm", s.Ready.Check).hinted("say for how long it must pass before the previous version drains"))
	case s.Ready.Confirm == 0 && s.Ready.Check == CheckHTTP && len(s.Listen) == 0:
		r.report("ready.check", wrong(`"http" needs ready.confirm: during a canary who asks may meet the old version`).hinted(`set it, or use "exec"`))
	case s.Ready.Check == CheckHTTP && strings.HasPrefix(s.Ready.HTTP, "/") && !slices.ContainsFunc(s.Listen, listensTCP):
		r.report("ready.check", wrong(`"http" needs a tcp socket`).hinted("add one to listen, or a URL as ready.http"))
	case s.Ready.Check == CheckExec && (len(s.Ready.Exec) == 0 || s.Ready.Exec[0] == ""):
		r.report("ready.check", wrong(`"exec" needs ready.exec`).hinted("name a program that exits with 0 as long as the service is well"))
	}
}

// verifyIsPossible: what is verified must be what starts, and nothing else.
func (r reader) verifyIsPossible(s Service) {
	for _, sum := range s.Verify.SHA256 {
		if !verify.Sum(sum) {
			r.report("verify.sha256", wrong("found %s, want a SHA-256 in lower case hexadecimal", found(sum)).hinted("sha256sum prints it"))
		}
	}
	if s.Verify.Minisign != "" {
		if err := verify.Key(s.Verify.Minisign); err != nil {
			r.report("verify.minisign", wrong("%v", err).hinted("minisign prints it: one line that begins with RW"))
		}
	}
	for _, key := range []string{"verify.sha256", "verify.minisign"} {
		if r.isSet(key) && !r.isBroken(key, "package", "command", "build.command", "build.output") {
			r.verifies(s, key)
		}
	}
}

func (r reader) verifies(s Service, key string) {
	switch {
	case s.Build.Command != "" && s.Build.Output == "":
		r.report(key, wrong("build.command makes nothing that could be verified").hinted("name the executable as build.output"))
	case s.Build.Command != "" && len(s.Command) > 0 && resolve(s.Dir, s.Command[0]) != resolve(s.Dir, s.Build.Output):
		r.report(key, wrong("command runs %s, and what is verified is build.output", s.Command[0]).hinted("let command begin with %s", filepath.ToSlash(s.Build.Output)))
	case s.Build.Command == "" && s.Package != "" && key == "verify.minisign":
		r.report(key, wrong("nobody signs what the Go build makes").hinted("use it with command, or with build.command and build.output"))
	}
}
