package air

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
)

func TestGlobsOf(t *testing.T) {
	for expression, want := range map[string]string{
		`_test.go`:                  `*_test.go`,
		`_test\.go$`:                `*_test.go`,
		`.*_templ\.go`:              `*_templ.go`,
		`.*_templ.go$`:              `*_templ.go`,
		`(_test|_gen)\.go$`:         `*_test.go *_gen.go`,
		`_(test|mock)[12]?.go`:      `*_test1.go *_test2.go *_test.go *_mock1.go *_mock2.go *_mock.go`,
		`node_modules`:              `*node_modules*`,
		`/node_modules/`:            `node_modules/`,
		`node_modules/.*`:           `*node_modules/`,
		`(^|/)config\.yaml$`:        `config.yaml`,
		`^config\.yaml$`:            `/config.yaml`,
		`^gen/`:                     `/gen/**`,
		`internal/gen/.*\.go$`:      `**/*internal/gen/**/*.go`,
		`a.*b`:                      `*a*b*`,
		`a.*/b$`:                    `**/*a*/**/b`,
		`a/.*/b$`:                   `**/*a/**/b`,
		`\.pb\.go$`:                 `*.pb.go`,
		`.*tests-result.*`:          `*tests-result*`,
		`a\*\[\{b$`:                 `*a[*][[][{]b`,
		`~$`:                        `*~`,
		``:                          `**`,
		`/`:                         `**`,
		`^/$`:                       ``,
		`(?i)x`:                     ``,
		`[a-z]+\.go`:                ``,
		`\w`:                        ``,
		`\bx`:                       ``,
		`x{2,3}`:                    ``,
		`(`:                         ``,
		strings.Repeat("(a|bb)", 9): ``,
	} {
		globs, ok := globsOf(expression)
		if got := strings.Join(globs, " "); got != want || ok && want == "" && len(globs) > 0 || !ok && want != "" {
			t.Errorf("%q becomes %q, %v, want %q", expression, got, ok, want)
		}
	}
}

// On these paths patterns and expressions agree. They differ where an expression ends in
// a name without an extension: a pattern holds for a directory of that name, too.
func TestGlobsMatchWhatExpressionsDo(t *testing.T) {
	paths := strings.Fields(`a.go a_test.go b/a_test.go a_testygo b/x_templ.go node_modules/x.js web/node_modules/y/z.js config.yaml
		b/config.yaml xconfig.yaml gen/a.go gen/b/c.go internal/gen/a.go internal/gen/b/c.go x/internal/gen/c.go axb/c a/x/b a/y/z/b ab/q/c.z x.pb.go pb.go tests-results/1 zip/zap a*[{b a~`)
	for _, expression := range []string{
		`_test\.go$`, `.*_templ\.go`, `node_modules`, `/node_modules/`, `(^|/)config\.yaml$`, `internal/gen/.*\.go$`, `a/.*/b$`, `a.*/c\.z$`,
		`\.pb\.go$`, `.*tests-result.*`, `zip`, `a\*\[\{b$`, `~$`, `/gen/`,
	} {
		globs, ok := globsOf(expression)
		if !ok {
			t.Fatalf("%q becomes nothing", expression)
		}
		re := regexp.MustCompile(expression)
		for _, p := range paths {
			if got, want := excluded(globs, p), re.MatchString("/"+p); got != want {
				t.Errorf("%q is %v of %s, its patterns %q say %v", expression, want, p, globs, got)
			}
		}
	}
}

// excluded judges a path as pkg/watch does: by itself and by each directory on its way.
func excluded(globs []string, path string) bool {
	parts := strings.Split(path, "/")
	return slices.ContainsFunc(globs, func(g string) bool {
		dirOnly := strings.HasSuffix(g, "/")
		g = strings.TrimSuffix(g, "/")
		for n := range parts {
			name := strings.Join(parts[:n+1], "/")
			if !strings.Contains(g, "/") {
				name = parts[n]
			}
			if (!dirOnly || n < len(parts)-1) && doublestar.MatchUnvalidated(strings.TrimPrefix(g, "/"), name) {
				return true
			}
		}
		return false
	})
}
