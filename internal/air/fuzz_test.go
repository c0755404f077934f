package air

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/pelletier/go-toml/v2"
)

// Whatever a file holds, it is read or refused, and what is read is written so that
// TOML gives it back.
func FuzzTranslate(f *testing.F) {
	for name := range corpus() {
		f.Add(read(f, filepath.Join("testdata/corpus", name)), "")
	}
	f.Add([]byte("[build]\nfull_bin = 'A=1 ./x \"$B\" | y'\n[[build.rules]]\ncmd='x --watch'"), "make && go build -o x .")
	for _, text := range []string{
		"[build]\nentrypoint = ['', 'x']\ncmd = 'go build'", "[build]\nfull_bin = '#'", "[build]\nbin = '\"\"'", "[build]\nfull_bin = \"sh -c ''\"",
		"[build]\nentrypoint = [' ']\nargs_bin = ['', '|']", "[build]\ninclude_dir = ['', '/', '..']\nexclude_dir = ['/', '..', '*']\ninclude_file = ['/x']",
		"tmp_dir = '/'\ntestdata_dir = '..'\nenv_files = ['']\n[misc]\nclean_on_exit = true", "[build]\nexclude_regex = ['', '^', '$', '/', '^/$', '.*', '(|a)', '//']",
		"[[build.rules]]\ncmd = 'x'\ninclude_dir = ['']\ninclude_ext = ['*', '']\ninclude_file = ['', '/', '..']", "[build]\nexclude_file = ['', '/', '..', '[', 'a}b', '{c']\nexclude_dir = ['x}*', '[*']\ninclude_ext = ['}', '[']",
	} {
		f.Add([]byte(text), "")
	}
	f.Add([]byte("\"\\b\\u001b\" = 1\n[build]\n\"\\n\" = 2"), "")
	f.Add([]byte("root = '../x'\n[build.linux]\nentrypoint = ['a b', 'c']\nexclude_regex = ['(a|b).*c$']"), "'")
	f.Fuzz(func(t *testing.T, data []byte, cmd string) {
		file, err := Parse(".air.toml", data)
		if err != nil {
			checkError(t, err)
			return
		}
		o := Options{Dir: "/src/project", Home: "/home/me", System: "linux", LookPath: look}
		if cmd != "" {
			o.Flags = []Flag{{"build.cmd", strings.ToValidUTF8(strings.ReplaceAll(cmd, "\x00", ""), "")}}
		}
		r, err := file.Translate(o)
		if err != nil {
			checkError(t, err)
			return
		}
		checkWritten(t, r)
		checkPatterns(t, r.Tree)
	})
}

func checkError(t *testing.T, err error) {
	for line := range strings.Lines(err.Error()) {
		if !strings.HasPrefix(line, "cannot load config: ") {
			t.Errorf("error %q", err)
		}
	}
}

func checkWritten(t *testing.T, r Result) {
	var back map[string]any
	if err := toml.Unmarshal(Render(r), &back); err != nil {
		t.Fatalf("%v\n%s", err, Render(r))
	}
	if want := dollars(r.Tree); !reflect.DeepEqual(back, want) {
		t.Errorf("the tree is\n%#v\nand comes back as\n%#v", want, back)
	}
	for _, w := range r.Warnings {
		if strings.ContainsAny(w, "\n\r") {
			t.Errorf("warning of several lines: %q", w)
		}
	}
}

// checkPatterns: a pattern that pkg/watch refuses would leave nothing watched.
func checkPatterns(t *testing.T, tree map[string]any) {
	for key, v := range tree {
		if below, ok := v.(map[string]any); ok {
			checkPatterns(t, below)
		}
		if key != "include" && key != "exclude" {
			continue
		}
		for _, p := range listIn(tree, key) {
			if bare := strings.Trim(p, "/"); bare == "" || !doublestar.ValidatePattern(bare) {
				t.Errorf("%s holds %q", key, p)
			}
		}
	}
}

// dollars is a tree as a parser sees it, before our config replaces ${ and $$.
func dollars(v any) any {
	switch v := v.(type) {
	case string:
		return escaped(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = dollars(e)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[k] = dollars(e)
		}
		return out
	}
	return v
}

func FuzzParseLine(f *testing.F) {
	for _, s := range []string{`A=1 ./x "$B" 'c' | d`, "a && b # c\n", `${`, `"\`, "x `y`"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l := parseLine(s)
		if !l.literal() {
			return
		}
		// A line without anything for a shell says the same when it is quoted anew.
		var words []string
		for _, e := range l.env {
			name, value, _ := strings.Cut(e.text, "=")
			words = append(words, name+"="+quote(value))
		}
		for _, w := range l.words {
			words = append(words, quote(w.text))
		}
		again := parseLine(strings.Join(words, " "))
		if !reflect.DeepEqual(texts(l), texts(again)) || again.compound {
			t.Errorf("%q has %q, quoted anew %q", s, texts(l), texts(again))
		}
		splitAnd(s)
	})
}

func texts(l line) []string {
	var all []string
	for _, w := range append(append([]word{}, l.env...), l.words...) {
		all = append(all, w.text)
	}
	return all
}
