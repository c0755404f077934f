//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// versionText is the text of an executable that behaves so, wherever it lies. Before that
// it does what more says.
func versionText(as string, more ...string) string {
	return "#!/bin/sh\n" + strings.Join(append(more, "BEHAVE='"+as+"' exec service"), "\n") + "\n"
}

// built is a config whose build makes ./server of ./source.
func builtService(more ...string) string {
	return strings.Replace(service(more...), `command = ["service"]`,
		`command = ["./server"]`+"\n"+`build.command = "install -m 755 source server"`+"\n"+`build.output = "server"`, 1)
}

func (s *supervised) source(as string, more ...string) {
	s.t.Helper()
	s.write("source", versionText(as, more...))
}

// runningBuilt is a supervisor that has built its first version.
func runningBuilt(t *testing.T, config, version string, more ...string) *supervised {
	t.Helper()
	s := newSupervised(t, config, "none")
	s.source(version, more...)
	s.start("run", "-c", "supervisor.toml")
	s.await("web #1 serving")
	s.findAddress()
	s.serves(version)
	return s
}

// drained waits until a generation is gone: until it is told to drain it answers, too.
func (s *supervised) drained(n int) {
	s.t.Helper()
	s.await(fmt.Sprintf("web #%d drained in ", n))
}

// A rollback starts what served before, however often a build has failed since; it says
// what comes next, and lasts until then.
func TestRollback(t *testing.T) {
	t.Parallel()
	s := runningBuilt(t, builtService("build.keep = 2", `ready.after = "1m"`), "v1")
	s.source("v2")
	s.answers(0, "web: promoted generation 2", "reload")
	for i := range 4 {
		s.source("bad exit 1", fmt.Sprintf("# attempt %d", i))
		s.answers(4, "web: exited: exit status 1 before it was ready; generation 2 serves", "reload")
	}
	s.source("v3")
	s.answers(0, "web: promoted generation 7", "reload")
	s.answers(0, "web: promoted generation 8: rolled back to artifact …; the next reload or save builds the source again", "rollback", "web")
	s.await("web #8 rolling back: artifact ")
	s.drained(7)
	s.serves("v2")
	s.behind("rolled back to artifact …; the next reload or save builds the source again")
	s.kept()
	s.answers(0, "web: promoted generation 9: rolled back to artifact …; the next reload or save builds the source again", "rollback", "web")
	s.drained(8)
	s.serves("v1")
	s.answers(2, `
supervisor: error: cannot roll back web: there is no earlier artifact that has served
supervisor: hint: supervisor status lists the artifacts; build.keep says how many are kept`, "rollback", "web")
	s.serves("v1")
	s.answers(0, "", "stop")

	s.start("run", "-c", "supervisor.toml")
	s.await("web #1 rolling back: artifact ")
	s.await("web #1 serving")
	s.findAddress()
	s.serves("v1")
	s.behind("rolled back to artifact …; the next reload or save builds the source again")
	s.answers(0, "web: promoted generation 2", "reload")
	s.drained(1)
	s.serves("v3")
	s.answers(0, "", "stop")

	s.start("run", "-c", "supervisor.toml")
	s.await("web #1 serving")
	s.findAddress()
	s.serves("v3")
	s.answers(0, "web: promoted generation 2: rolled back to artifact …; the next reload or save builds the source again", "rollback", "web")
	s.drained(1)
	s.serves("v1")
	s.stops()
}

// kept checks what status tells of artifacts after the first rollback, in both ways.
func (s *supervised) kept() {
	s.t.Helper()
	all := s.status().Services[0].Artifacts
	var serving, former []control.Artifact
	for _, a := range all {
		if a.Generation == 8 && a.Served != nil && !a.Rollback {
			serving = append(serving, a)
		}
		if a.Rollback && a.Served != nil && a.Generation == 0 {
			former = append(former, a)
		}
		if len(a.Hash) != 64 || a.Built.IsZero() {
			s.t.Errorf("artifact %+v", a)
		}
	}
	if len(serving) != 1 || len(former) != 1 || len(all) != 4 { // two are kept, one drains
		s.t.Errorf("artifacts %+v", all)
	}
	text, _ := s.verb("status")
	for _, want := range []string{
		"  artifacts:",
		"    …  built …-…-… …:…:…  serves as #8",
		"    …  built …-…-… …:…:…  has served; rollback starts it",
		"    …  built …-…-… …:…:…  not one to go back to",
	} {
		if _, _, ok := strings.Cut(text, "artifacts:"); !ok || !pattern("\n"+want+"\n").MatchString(text) {
			s.t.Errorf("status does not say %q:\n%s", want, text)
		}
	}
}

// What cannot be rolled back says why, and what to do, and changes nothing.
func TestRollbackRefused(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	s.answers(2, `
supervisor: error: cannot roll back web: it has no build, so no earlier version of it is kept
supervisor: hint: put the earlier version in its place and reload; or let the config say how it is built`, "rollback", "web")
	s.answers(2, `
supervisor: error: cannot find "wep": there is no such service
supervisor: hint: the services are web`, "rollback", "wep")
	for _, args := range [][]string{{"rollback"}, {"rollback", "web", "web"}} {
		s.answers(2, `
supervisor: error: cannot roll back without the name of one service
supervisor: hint: supervisor rollback SERVICE; supervisor status lists them`, args...)
	}
	s.recovers()
	s.answers(6, `
supervisor: error: cannot find a supervisor: no supervisor answers on …
supervisor: hint: start one with: supervisor run, or: supervisor dev; or say which with -c FILE or --control PATH`, "rollback", "web")
}

// An artifact that was damaged on disk is not started.
func TestRollbackToDamage(t *testing.T) {
	t.Parallel()
	s := runningBuilt(t, builtService(), "v1")
	s.source("v2")
	s.answers(0, "web: promoted generation 2", "reload")
	s.drained(1)
	for _, a := range s.status().Services[0].Artifacts {
		if a.Rollback {
			s.damage(a.Hash)
		}
	}
	s.answers(4, "web: not ready: cannot go back to artifact …: it is damaged: its content is another one than its name says; generation 2 serves", "rollback", "web")
	s.serves("v2")
	s.stops()
}

func (s *supervised) damage(hash string) {
	s.t.Helper()
	found, _ := filepath.Glob(filepath.Join(s.dir, ".cache", "*", hash, "web"))
	if len(found) != 1 {
		s.t.Fatalf("found %v", found)
	}
	if err := os.WriteFile(found[0], []byte("#!/bin/sh\n"), 0o755); err != nil {
		s.t.Fatal(err)
	}
}
