package doctor

import (
	"cmp"
	"go/version"
	"path/filepath"
	"slices"
	"strings"
)

// needsGo reports whether something is built by the go command itself.
func needsGo(f Facts) bool {
	if f.Config == nil {
		return len(f.Go.Modules) > 0
	}
	for _, s := range f.Config.Services {
		if s.Package != "" && s.Build.Command == "" {
			return true
		}
	}
	return false
}

func checkGo(g Go, needed bool) []Finding {
	switch {
	case !needed:
		return nil
	case g.Command == "" && g.Elsewhere != "":
		return []Finding{problem("go", "the go command is not on PATH, but there is %s", g.Elsewhere).
			because("packages are built with it").mended("%s", addToPath(filepath.Dir(g.Elsewhere)))}
	case g.Command == "":
		return []Finding{problem("go", "the go command is not on PATH").
			because("packages are built with it").mended("install it from https://go.dev/dl")}
	case g.Err != nil:
		return []Finding{problem("go", "%s does not answer: %v", g.Command, g.Err).
			because("packages are built with it").mended("%s env", quote(g.Command))}
	}
	var all []Finding
	for _, m := range g.Modules {
		if bad, ok := g.misses(m); ok {
			all = append(all, bad)
		}
	}
	if all == nil {
		all = []Finding{fine("go", "%s is %s", g.Command, g.Version)}
	}
	return all
}

// misses judges one module as the go command would: it runs the version that
// GOTOOLCHAIN names, else its own, and where GOTOOLCHAIN lets it switch, a newer one
// that the module asks for or suggests. See https://go.dev/doc/toolchain.
func (g Go) misses(m Module) (Finding, bool) {
	name, mode := g.choice()
	runs, want := cmp.Or(name, g.Version), m.Go
	if mode != "" {
		want = newest(m.Go, m.Toolchain)
	}
	asks := m.File + " asks for " + want
	if version.Compare(runs, want) >= 0 {
		want, mode, asks = runs, "auto", "GOTOOLCHAIN asks for "+runs
	}
	want = firstRelease(want)
	switch {
	case version.Compare(g.Version, want) == 0 || slices.Contains(g.Have, want):
		return Finding{}, false
	case mode == "":
		return problem("go", "%s, %s is %s and may not switch (GOTOOLCHAIN=%s)", asks, g.Command, runs, g.Toolchain).
			because("go build refuses to build").mended("go env -w GOTOOLCHAIN=auto"), true
	case mode == "path":
		return problem("go", "%s, and there is no %s on PATH (GOTOOLCHAIN=%s)", asks, want, g.Toolchain).
			because("go build refuses to build").mended("go install golang.org/dl/%s@latest && %s download", want, want), true
	case g.Proxy == "off":
		return problem("go", "%s, which would have to be downloaded, and GOPROXY is off", asks).
			because("go build refuses to build").mended("go env -u GOPROXY"), true
	}
	return warn("go", "%s, %s is %s", asks, g.Command, g.Version).
		because("the first build downloads it, which takes a while and needs the network").mended("go version"), true
}

// firstRelease: from go1.21 on, the first release of a version ends in .0.
func firstRelease(v string) string {
	if v != "" && version.Lang(v) == v && version.Compare(v, "go1.21") >= 0 {
		return v + ".0"
	}
	return v
}

// choice splits GOTOOLCHAIN in the version that it names, if any, and how it may
// switch: auto, path, or not at all.
func (g Go) choice() (name, mode string) {
	switch g.Toolchain {
	case "auto", "path":
		return "", g.Toolchain
	}
	name, mode, _ = strings.Cut(g.Toolchain, "+")
	if name == "local" {
		name = ""
	}
	return name, mode
}

func newest(a, b string) string {
	if version.Compare(a, b) >= 0 {
		return a
	}
	return b
}

func checkBin(g Go) []Finding {
	switch {
	case g.Bin == "" || !g.Installed:
		return nil
	case g.OnPath:
		return []Finding{fine("path", "%s is on PATH", g.Bin)}
	}
	return []Finding{warn("path", "%s is not on PATH", g.Bin).
		because("what go install puts there is not found: supervisor itself, dlv, templ, sqlc").
		mended("%s", addToPath(g.Bin))}
}
