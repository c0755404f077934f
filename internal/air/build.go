package air

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// program translates what is built and what is run.
//
//	cmd never ends ───────────────▶ cmd is the service
//	full_bin or bin is "true" ────▶ cmd, and then nothing
//	plain "go build" makes it ────▶ package
//	anything else makes it ───────▶ build.command with build.output
//	it runs something else, or
//	needs a shell to run it ──────▶ build.command, and then command
func (t *translation) program() {
	r := t.whatRuns()
	c := t.whatBuilds(r)
	r = t.made(r, c)
	made := c.plain && r.path != "" && c.build.makes(r.path)
	t.Result.service = t.name(r.path)
	t.once()
	switch pkg, isPackage := t.packageOf(c.build); {
	case t.endless(c, r):
		t.runCommand(c.text)
	case nothing(r.line.program()) && r.line.literal():
		t.shellBuild(c.text, "")
		t.runNothing(r)
	case made && isPackage && r.line.literal():
		t.goBuild(c.build, pkg, c.steps[:len(c.steps)-1])
		t.arguments(r)
	case r.line.literal() && r.path != "" && (made || t.mayMake(r.path)):
		t.shellBuild(c.text, r.path)
		t.arguments(r)
	default:
		t.shellBuild(c.text, "")
		t.runAsItStands(r)
	}
}

// builds is what build.cmd holds.
type builds struct {
	text string
	// steps are what text is apart, if it can be taken apart.
	steps []string
	// build is the last of steps, if that is a plain one.
	build goBuild
	plain bool
}

func (t *translation) whatBuilds(r runs) builds {
	c := builds{text: t.text("build.cmd")}
	steps, ok := splitAnd(c.text)
	if !ok {
		return c
	}
	if n := len(steps); n > 1 && r.path != "" && t.relative(parseLine(steps[n-1]).program()) == r.path {
		t.warn(t.origin("build.cmd"), "the last part of build.cmd starts the program, which air does by itself: left out")
		steps = steps[:n-1]
		c.text = t.allOf(steps)
	}
	c.steps = steps
	c.build, c.plain = parseGoBuild(parseLine(steps[len(steps)-1]), t.goes)
	return c
}

// made knows the program by what makes it, where it is not named or has no path.
func (t *translation) made(r runs, c builds) runs {
	switch {
	case !c.plain || r.line.compound:
	case !r.said && c.build.output != "":
		return t.madeInstead(r, c.build)
	case r.path == "" && r.line.program() != "" && c.build.makes(r.line.program()):
		r.path = t.relative(r.line.program()) // a shell would look for it on PATH
		r.line.words[0].text = local(r.path)
	}
	return r
}

// madeInstead: a file that names no program means the one that its command makes.
func (t *translation) madeInstead(r runs, b goBuild) runs {
	output := t.relative(b.output)
	if output == r.path || strings.HasSuffix(b.output, "/") {
		return r
	}
	t.warn(t.origin("build.cmd"), "build.bin is not set, and build.cmd makes %s: running that, where air would look for %s", output, r.path)
	r.path, r.origin = output, t.origin("build.cmd")
	r.line.words[0].text = local(output)
	return r
}

// goes tells whether a program is the go command that the supervisor would use.
func (t *translation) goes(program string) bool {
	if program == "go" || !strings.Contains(program, "/") {
		return program == "go"
	}
	found, err := t.LookPath("go")
	return err == nil && filepath.Clean(program) == found
}

// packageOf is the package of a Go build. Files that are all of their directory's are
// as good as the directory.
func (t *translation) packageOf(b goBuild) (string, bool) {
	if len(b.packages) == 0 {
		return "", false
	}
	first := b.packages[0]
	if !strings.HasSuffix(first, ".go") {
		return first, true
	}
	var named []string
	for _, p := range b.packages {
		if path.Dir(p) != path.Dir(first) {
			return "", false
		}
		named = append(named, path.Base(p))
	}
	entries, err := os.ReadDir(t.absolute(path.Dir(first)))
	if err != nil {
		return "", false
	}
	there := 0
	for _, e := range entries {
		source := strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go")
		if other := path.Ext(e.Name()); source && !slices.Contains(named, e.Name()) || other == ".s" || other == ".c" {
			return "", false
		}
		if source {
			there++
		}
	}
	if there < len(named) {
		return "", false
	}
	dir := path.Dir(path.Clean(first))
	if dir == "." || path.IsAbs(dir) || strings.HasPrefix(dir, "../") {
		return dir, true
	}
	return "./" + dir, true
}

// mayMake: a command that is not understood is believed to make what is run, unless
// that lies elsewhere or is a script.
func (t *translation) mayMake(p string) bool {
	return !path.IsAbs(p) && !filepath.IsAbs(p) && !strings.HasPrefix(p, "../") && !t.script(p)
}

func (t *translation) goBuild(b goBuild, pkg string, steps []string) {
	origin := t.origin("build.cmd")
	t.put("package", origin, pkg)
	if len(b.flags) > 0 {
		t.put("build.flags", origin, b.flags)
	}
	if b.debugging() {
		t.put("build.debug", origin, true)
	}
	if b.cgo != "" {
		t.put("env", origin, map[string]any{"CGO_ENABLED": b.cgo})
	}
	t.before(steps, "", "")
}

func (t *translation) shellBuild(cmd, output string) {
	t.put("build.command", t.origin("build.cmd"), cmd)
	if output != "" {
		t.put("build.output", t.origin("build.entrypoint", "build.full_bin", "build.bin"), output)
	}
	t.before(nil, cmd, output)
}

// before sets what runs before the build: pre_cmd, and then steps.
func (t *translation) before(steps []string, cmd, output string) {
	pre := t.list("build.pre_cmd")
	all := slices.Concat(pre, steps)
	if tmp := t.inRoot(t.text("tmp_dir")); t.System != "windows" && t.wanted(tmp, append(slices.Clone(all), cmd), output) {
		all = append([]string{"mkdir -p " + quote(tmp)}, all...)
	}
	if len(all) > 0 {
		t.put("build.before", t.origin("build.pre_cmd", "build.cmd"), all)
	}
	if len(pre) > 0 && !t.yes("build.stop_on_error") {
		t.warn(t.origin("build.pre_cmd"), "a failing build.pre_cmd fails the build, as it does in air with build.stop_on_error = true")
	}
}

// wanted: air makes tmp_dir when it starts, and so a command may count on it. The go
// command makes the directory of its output.
func (t *translation) wanted(tmp string, commands []string, output string) bool {
	if path.IsAbs(tmp) || tmp == "." {
		return false
	}
	for _, c := range commands {
		l := parseLine(c)
		goBuild := path.Base(l.program()) == "go" && len(l.words) > 1 && l.words[1].text == "build"
		if strings.Contains(c, "mkdir") || goBuild {
			return false
		}
		if slices.ContainsFunc(l.words, func(w word) bool { return within(t.relative(w.text), tmp) }) {
			return true
		}
	}
	return within(output, tmp)
}
