package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func fields(s string) []string { return strings.Fields(s) }

func TestGo(t *testing.T) {
	local := Go{Command: "/go/bin/go", Version: "go1.26.1", Toolchain: "local"}
	with := func(toolchain, asks, suggests string, have ...string) Go {
		g := local
		g.Toolchain, g.Have = toolchain, have
		g.Modules = []Module{{File: "/p/go.mod", Go: asks, Toolchain: suggests}}
		return g
	}
	off := with("auto", "go1.99.1", "")
	off.Proxy = "off"
	fine := "ok go: /go/bin/go is go1.26.1"
	for _, c := range []struct {
		g    Go
		want string
	}{
		{Go{}, "problem go: the go command is not on PATH | install it from https://go.dev/dl"},
		{Go{Elsewhere: "/x/go/bin/go"}, "problem go: the go command is not on PATH, but there is /x/go/bin/go | " + addToPath(filepath.Dir("/x/go/bin/go"))},
		{Go{Command: "/go", Err: os.ErrPermission}, "problem go: /go does not answer: permission denied | /go env"},
		{with("local", "go1.26", ""), fine},
		{with("local", "", ""), fine},
		{with("local", "go1.26.1", "go1.99.0"), fine}, // a suggestion is not heard by local
		{with("auto", "go1.26.1", "go1.99.0"), "warning go: /p/go.mod asks for go1.99.0, /go/bin/go is go1.26.1 |…"},
		{with("local", "go1.26.2", ""), "problem go: /p/go.mod asks for go1.26.2, /go/bin/go is go1.26.1 and may not switch (GOTOOLCHAIN=local) | go env -w GOTOOLCHAIN=auto"},
		{with("auto", "go1.99", ""), "warning go: /p/go.mod asks for go1.99, …"},
		{with("auto", "go1.99", "", "go1.99.0"), fine},
		{with("path", "go1.99", ""), "problem go: /p/go.mod asks for go1.99, and there is no go1.99.0 on PATH (GOTOOLCHAIN=path) | go install golang.org/dl/go1.99.0@latest…"},
		{with("path", "go1.99", "", "go1.99.0"), fine},
		{off, "problem go: …GOPROXY is off | go env -u GOPROXY"},
		// By name it is an older one, and that is what runs.
		{with("go1.25.0", "go1.26", ""), "problem go: /p/go.mod asks for go1.26, /go/bin/go is go1.25.0 and may not switch (GOTOOLCHAIN=go1.25.0) |…"},
		{with("go1.25.0", "go1.25", "", "go1.25.0"), fine},
		{with("go1.25.0+auto", "go1.26.1", ""), fine},
		{with("go1.99.3", "go1.26", ""), "warning go: GOTOOLCHAIN asks for go1.99.3, …"},
	} {
		expect(t, checkGo(c.g, true), c.want)
	}
	expect(t, checkGo(Go{}, false))
}

func TestBin(t *testing.T) {
	expect(t, checkBin(Go{Bin: "/b", Installed: true}), "warning path: /b is not on PATH | "+addToPath("/b"))
	expect(t, checkBin(Go{Bin: "/b", Installed: true, OnPath: true}), "ok path: /b is on PATH")
	expect(t, checkBin(Go{Bin: "/b"}))
}

func TestModuleFile(t *testing.T) {
	root := t.TempDir()
	inner := filepath.Join(root, "a", "b")
	put(t, filepath.Join(inner, "x.go"), "")
	if got := moduleFile(inner, "off"); got != "" {
		t.Fatalf("the temporary directory is in a module: %s", got)
	}
	mod, work := filepath.Join(root, "a", "go.mod"), filepath.Join(root, "go.work")
	put(t, mod, "module a\n")
	if got := moduleFile(inner, ""); got != mod {
		t.Errorf("got %q, want %q", got, mod)
	}
	put(t, work, "go 1.26\n")
	if got := moduleFile(inner, ""); got != work {
		t.Errorf("got %q, want %q", got, work)
	}
	if got := moduleFile(inner, "off"); got != mod {
		t.Errorf("GOWORK=off: got %q, want %q", got, mod)
	}
	if got := moduleFile(inner, "/else/go.work"); got != "/else/go.work" {
		t.Errorf("GOWORK by path: got %q", got)
	}
}

func TestParseModule(t *testing.T) {
	got := parseModule("f", "// go 1.1\nmodule a // go 1.2\n\ngo 1.26.0 // comment\n\ntoolchain go1.26.3\n\nrequire (\n\tgo.x/y v1 // indirect\n)\n")
	if want := (Module{"f", "go1.26.0", "go1.26.3"}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := parseModule("f", "module a\ntoolchain default\n"); got != (Module{File: "f"}) {
		t.Errorf("got %v", got)
	}
}

func FuzzParseModule(f *testing.F) {
	for _, s := range []string{"module a\n\ngo 1.26\n", "toolchain default", "go \x00\ngo", "go 1.2.3 // x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := parseModule("f", text)
		for _, v := range []string{m.Go, m.Toolchain} {
			if strings.ContainsAny(v, " \n") || strings.Contains(v, "//") {
				t.Errorf("%q is no version, in %q", v, text)
			}
		}
	})
}

func TestGoSetting(t *testing.T) {
	user, own := filepath.Join(t.TempDir(), "env"), filepath.Join(t.TempDir(), "go.env")
	files := []string{filepath.Join(t.TempDir(), "none"), user, own}
	get := func(env map[string]string) string { return goSetting("GOTOOLCHAIN", env, files...) }
	if got := get(nil); got != "local" {
		t.Errorf("without any file: %q", got)
	}
	put(t, own, "# GOTOOLCHAIN=no\nGOPROXY=x\nGOTOOLCHAIN=auto\n")
	if got := get(nil); got != "auto" {
		t.Errorf("from go.env: %q", got)
	}
	put(t, user, "GOTOOLCHAIN=path\n")
	if got := get(nil); got != "path" {
		t.Errorf("from the user's file: %q", got)
	}
	if got := get(map[string]string{"GOTOOLCHAIN": "go1.27.0"}); got != "go1.27.0" {
		t.Errorf("from the environment: %q", got)
	}
}

func TestToolchains(t *testing.T) {
	cache, path := t.TempDir(), t.TempDir()
	put(t, filepath.Join(cache, "golang.org", "toolchain@v0.0.1-go1.27.1.linux-amd64", "x"), "")
	put(t, filepath.Join(path, "go1.28.0"), "")
	put(t, filepath.Join(path, "go"), "")
	got := strings.Join(toolchains(cache, path), " ")
	if got != "go1.27.1 go1.28.0" {
		t.Errorf("got %q", got)
	}
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
