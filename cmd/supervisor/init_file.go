package main

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// candidate is a main package that may be a service.
type candidate struct {
	name, dir string
	aside     bool // a tool or an example, beside others that are none
}

func candidates(mains []rebuild.Main) (all []candidate) {
	services := slices.ContainsFunc(mains, func(m rebuild.Main) bool { return !isAside(m.Dir) })
	taken := map[string]bool{}
	for _, m := range mains {
		g := candidate{name: programName(m, taken), dir: m.Dir, aside: services && isAside(m.Dir)}
		taken[g.name] = true
		all = append(all, g)
	}
	return all
}

// isAside judges by the directory: to run such a program is seldom what is wanted.
func isAside(dir string) bool {
	for part := range strings.SplitSeq(dir, "/") {
		switch part {
		case "example", "examples", "_examples", "tool", "tools", "script", "scripts", "hack", "test", "tests", "e2e", "bench", "internal", "migrate", "migrations":
			return true
		}
	}
	return false
}

// programName is that of the executable, with more of the path if another has it.
func programName(m rebuild.Main, taken map[string]bool) string {
	path := withoutVersion(m.Package)
	base := nameOf(path)
	name := base
	if parent := filepath.Dir(path); taken[name] && parent != "." {
		name = nameOf(filepath.Base(parent) + "-" + base)
	}
	for n := 2; taken[name]; n++ {
		name = base + "-" + strconv.Itoa(n)
	}
	return name
}

// withoutVersion drops the major version, which names nothing.
func withoutVersion(path string) string {
	if base := filepath.Base(path); len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		return filepath.Dir(path)
	}
	return path
}

// nameOf is the last part of an import path, which has no extension: a dot is part
// of the name.
func nameOf(path string) string {
	return serviceName(strings.ReplaceAll(filepath.Base(path), ".", "-"))
}

// programsFile is a config for Go packages.
func programsFile(all []candidate) string {
	var b strings.Builder
	b.WriteString(fileHead)
	first := ""
	for _, g := range all {
		section := "\n[services." + g.name + "]\npackage = " + tomlString(g.dir) + "\n"
		switch {
		case g.aside:
			section = commented(section)
		case first == "":
			first = g.name
			section += serviceKeys
		}
		b.WriteString(section)
	}
	b.WriteString(strings.ReplaceAll(goBuild+moreSections, "NAME", first))
	return b.String()
}

// commandFile is a config for whatever else, which its reader completes.
func commandFile() string {
	head := fileHead + "\n[services.app]\n# The program to run, and its arguments. Fill in your own.\ncommand = [\"./app\"]\n"
	return head + serviceKeys + strings.ReplaceAll(commandBuild+moreSections, "NAME", "app")
}

func commented(section string) string {
	return strings.ReplaceAll(strings.TrimSuffix(section, "\n"), "\n", "\n# ") + "\n"
}

// tomlString quotes s, in which a dollar would begin a variable.
func tomlString(s string) string { return strconv.Quote(strings.ReplaceAll(s, "$", "$$")) }

const fileHead = `# What supervisor runs. In this directory, type: supervisor
# What is commented out shows other values than the defaults, or what can be added.
# Every key that is in force, and where its value comes from: supervisor config --dev
`

const serviceKeys = `# Sockets to hold open for the service, each as [name=]address. The service takes
# them as systemd passes them, or by pkg/handoff, which needs no line here.
# listen = ["http=tcp://127.0.0.1:8080"]
# args = ["-v"]
# env = { APP_ENV = "dev" }
# env_files = [".env"]
# workers = 2
`

const goBuild = `
# [services.NAME.build]
# flags = ["-race"]
# before = ["go generate ./..."]

# Without it, what the package is built from is watched: its imports, embedded
# files, go.mod.
# [services.NAME.watch]
# paths = ["."]
# include = ["*.go", "*.tmpl"]
`

const commandBuild = `
# How the program is made, if it has to be.
# [services.NAME.build]
# command = "make app"
# output = "app"

# What is watched; without it everything in this directory, less what .gitignore names.
# [services.NAME.watch]
# paths = ["."]
# exclude = ["**/testdata/**"]
`

const moreSections = `
# What shows that a new version can serve. Without it: READY=1, as sd_notify(3)
# describes, or else a second alive.
# [services.NAME.ready]
# by = "http"
# http = "/healthz"
# timeout = "30s"

# How an old version ends: it gets the signal, and is killed when the time is over.
# [services.NAME.drain]
# signal = "INT"
# timeout = "1m"

# What differs with --profile staging, or SUPERVISOR_PROFILE=staging.
# [profiles.staging.services.NAME]
# env = { APP_ENV = "staging" }
`
