package rebuild

import (
	"path"
	"slices"
	"strings"
)

// places is where the inputs of a build are.
type places struct {
	Packages []inputPackage // those whose files may change
	Trees    []string       // embedded directories, with all that is below them
	Fixed    []string       // files whose content must not change: go.mod and the like
	Tools    []string       // programs that may be there: size and time of change tell
}

// inputPackage is a package outside of the standard library and the module
// cache: those never change.
type inputPackage struct {
	Dir      string
	Sources  []string // its Go files, absolute
	Embeds   []string // what it embeds, absolute
	Patterns []string // of go:embed
	// Headers are those of Sources when the places were found, with a hash of
	// the files that they are of: most files need not be parsed again.
	Headers []knownHeader
	Sealed  bool // its own files may not change either
}

type knownHeader struct {
	Content string
	Header  header
}

// mayEmbed reports whether a pattern can match the name or what is below it.
func (p inputPackage) mayEmbed(name string) bool {
	return slices.ContainsFunc(p.Patterns, func(pattern string) bool {
		first, _, _ := strings.Cut(pattern, "/")
		match, err := path.Match(first, name)
		return match || err != nil || pattern == "."
	})
}

// header is that of a source with this content.
func (p inputPackage) header(i int, content string, src []byte) (header, error) {
	if i < len(p.Headers) && p.Headers[i].Content == content {
		return p.Headers[i].Header, nil
	}
	return parseHeader(src)
}
