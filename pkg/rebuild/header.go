package rebuild

import (
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// header is what a Go file says to the go command, as opposed to the compiler.
// As long as the headers of a package stay the same, the go command would do
// the same steps with it, whatever else its files say.
type header struct {
	Name    string   // of the package
	Imports []string // sorted, each once
	// Directives are all places that look like a //go: directive or a build
	// constraint, in a string or not, up to the end of their lines. They may
	// choose files, embed others, link to C or to assembly; some do nothing of
	// the kind, but a change of one is rare.
	Directives []string
	// Top is all that stands in front of the package clause. Only there do
	// directives choose files and settings, and then by where they stand: in a
	// comment of another kind, or without a blank line, they do not.
	Top string
}

func parseHeader(src []byte) (header, error) {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, "", src, parser.ImportsOnly|parser.SkipObjectResolution)
	if err != nil {
		return header{}, err
	}
	h := header{Name: f.Name.Name, Directives: directives(string(src)), Top: string(src[:files.PositionFor(f.Package, false).Offset])}
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return header{}, err
		}
		h.Imports = append(h.Imports, path)
	}
	slices.Sort(h.Imports)
	h.Imports = slices.Compact(h.Imports)
	return h, nil
}

func directives(src string) []string {
	var found []string
	for line := range strings.Lines(src) {
		at := strings.Index(line, "//go:")
		if at < 0 && strings.Contains(line, "//") {
			at = strings.Index(line, "+build")
		}
		if at >= 0 {
			found = append(found, strings.TrimSpace(line[at:]))
		}
	}
	return found
}
