package air

import (
	"path"
	"slices"
	"strings"
)

// goBuild is a command line of "go build" that holds nothing but what is known
// here, so that the supervisor can build the same by itself.
type goBuild struct {
	flags []string
	// output is what -o says, "" without one.
	output string
	// packages has one import path or directory, or several Go files.
	packages []string
	// cgo is what CGO_ENABLED is set to before the command.
	cgo string
}

// parseGoBuild understands a line if it has no part for a shell, and no flag that
// asks for anything but a program. goes tells whether a name is that of the go command.
func parseGoBuild(l line, goes func(string) bool) (goBuild, bool) {
	var b goBuild
	if !l.literal() || len(l.words) < 2 || !goes(l.program()) || l.words[1].text != "build" {
		return b, false
	}
	for _, e := range l.env {
		value, ok := strings.CutPrefix(e.text, "CGO_ENABLED=")
		if !ok {
			return b, false // it might mean something to the service, too
		}
		b.cgo = value
	}
	args := l.arguments()[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		n, ok := b.flag(args)
		if !ok {
			return b, false
		}
		args = args[n:]
	}
	b.packages = args
	if len(args) == 0 {
		b.packages = []string{"."}
	}
	return b, b.oneProgram()
}

// flag takes the first of args, and tells how many it has used.
func (b *goBuild) flag(args []string) (n int, ok bool) {
	name, value, joined := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(args[0], "-"), "-"), "=")
	switch name {
	case "a", "v", "x", "race", "msan", "asan", "trimpath", "cover", "modcacherw", "buildvcs":
		b.flags = append(b.flags, args[0])
		return 1, true
	case "asmflags", "gcflags", "ldflags", "tags", "mod", "modfile", "p", "pgo", "buildmode", "o":
	default:
		return 0, false
	}
	n = 1
	if !joined {
		if len(args) < 2 {
			return 0, false
		}
		value, n = args[1], 2
	}
	switch {
	case name == "o":
		b.output = value
	case name == "buildmode" && value != "exe" && value != "pie" && value != "default":
		return 0, false
	default:
		b.flags = append(b.flags, "-"+name+"="+value)
	}
	return n, true
}

// oneProgram: patterns and several packages make several programs, or none.
func (b goBuild) oneProgram() bool {
	files := slices.ContainsFunc(b.packages, func(p string) bool { return strings.HasSuffix(p, ".go") })
	if files {
		return !slices.ContainsFunc(b.packages, func(p string) bool { return !strings.HasSuffix(p, ".go") })
	}
	return len(b.packages) == 1 && !strings.Contains(b.packages[0], "...") && !strings.Contains(b.packages[0], "@")
}

// debugging tells whether the flags turn optimization off, as one does for a debugger.
func (b goBuild) debugging() bool {
	return slices.ContainsFunc(b.flags, func(f string) bool {
		return strings.HasPrefix(f, "-gcflags=") && slices.Contains(strings.FieldsFunc(f, func(r rune) bool { return r == ' ' || r == '=' }), "-N")
	})
}

// makes tells whether the command makes the program at that path. Without -o, its
// name comes from the package, and from the module if the package is its top.
func (b goBuild) makes(program string) bool {
	dir, name := path.Split(program)
	name = strings.TrimSuffix(name, ".exe")
	output := path.Clean(strings.ReplaceAll(b.output, `\`, "/"))
	last := path.Base(path.Clean(b.packages[0]))
	last = strings.TrimSuffix(last, ".go")
	switch {
	case b.output == "":
		return dir == "" && (name == last || b.packages[0] == ".")
	case strings.HasSuffix(b.output, "/"):
		return path.Clean(dir) == output && name == last
	}
	return strings.TrimSuffix(output, ".exe") == strings.TrimSuffix(program, ".exe")
}
