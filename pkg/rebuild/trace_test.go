package rebuild

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const smallTrace = `mkdir -p $WORK/b002/

#
# example.com/lib
#

echo '# import config' > $WORK/b002/importcfg # internal
cd /home/me/my app
/go/tool/compile -o $WORK/b002/_pkg_.a -trimpath "$WORK/b002=>" -p example.com/lib -complete -buildid A/A -importcfg $WORK/b002/importcfg -pack ./lib/lib.go
go tool buildid -w $WORK/b002/_pkg_.a # internal
mkdir -p $WORK/b003/
TERM='dumb' gcc -### -x c -c - || true
cd $WORK
gcc "-ffile-prefix-map=a b" -c -x c - -o "$(mktemp)"
cd /home/me/my app
CGO_CFLAGS='"-O2" "-g"' /go/tool/cgo -objdir $WORK/b003/ -importpath c -- ./c.go
/go/tool/compile -o $WORK/b003/_pkg_.a -p c -buildid B/B -importcfg $WORK/b003/importcfg -pack $WORK/b003/_cgo_gotypes.go
cat >$WORK/b001/importcfg << 'EOF' # internal
# import config
packagefile example.com/lib=$WORK/b002/_pkg_.a
EOF
cat >$WORK/b001/embedcfg << 'EOF' # internal
{
	"Files": {}
}EOF
/go/tool/compile -o $WORK/b001/_pkg_.a -p main -buildid C/C -importcfg $WORK/b001/importcfg -embedcfg $WORK/b001/embedcfg -pack "./a b.go"
cat >$WORK/b001/importcfg.link << 'EOF' # internal
packagefile example.com/main=$WORK/b001/_pkg_.a
modinfo "0w\xafpath\tx\n"
EOF
cd .
GOROOT='/go' X="it's" /go/tool/link -o $WORK/b001/exe/a.out -importcfg $WORK/b001/importcfg.link -buildid=a/b -X "main.a=b c" -buildid=x $WORK/b001/_pkg_.a
mv $WORK/b001/exe/a.out web
rm -rf $WORK/b001/
`

func TestParseTrace(t *testing.T) {
	got, err := parseTrace(smallTrace)
	if err != nil {
		t.Fatal(err)
	}
	words := func(s string) []string { return strings.Split(s, "|") }
	want := trace{
		files: map[string]string{
			"$WORK/b002/importcfg":      "# import config\n",
			"$WORK/b001/importcfg":      "# import config\npackagefile example.com/lib=$WORK/b002/_pkg_.a\n",
			"$WORK/b001/embedcfg":       "{\n\t\"Files\": {}\n}",
			"$WORK/b001/importcfg.link": "packagefile example.com/main=$WORK/b001/_pkg_.a\nmodinfo \"0w\\xafpath\\tx\\n\"\n",
		},
		compiles: map[string]command{
			"b001": {Args: words("/go/tool/compile|-o|$WORK/b001/_pkg_.a|-p|main|-buildid|C/C|-importcfg|$WORK/b001/importcfg|-embedcfg|$WORK/b001/embedcfg|-pack|./a b.go")},
			"b002": {Args: words("/go/tool/compile|-o|$WORK/b002/_pkg_.a|-trimpath|$WORK/b002=>|-p|example.com/lib|-complete|-buildid|A/A|-importcfg|$WORK/b002/importcfg|-pack|./lib/lib.go")},
			"b003": {Args: words("/go/tool/compile|-o|$WORK/b003/_pkg_.a|-p|c|-buildid|B/B|-importcfg|$WORK/b003/importcfg|-pack|$WORK/b003/_cgo_gotypes.go")},
		},
		opaque: map[string]bool{"b003": true},
		links: []command{{
			Env:  words("GOROOT=/go|X=it's"),
			Args: words("/go/tool/link|-o|$WORK/b001/exe/a.out|-importcfg|$WORK/b001/importcfg.link|-buildid=a/b|-X|main.a=b c|-buildid=x|$WORK/b001/_pkg_.a"),
		}},
	}
	if !maps.Equal(got.files, want.files) {
		t.Errorf("files\n%q\nwant\n%q", got.files, want.files)
	}
	if !reflect.DeepEqual(got.compiles, want.compiles) {
		t.Errorf("compiles\n%q\nwant\n%q", got.compiles, want.compiles)
	}
	if !maps.Equal(got.opaque, want.opaque) {
		t.Errorf("opaque %v, want %v", got.opaque, want.opaque)
	}
	if !reflect.DeepEqual(got.links, want.links) {
		t.Errorf("links\n%q\nwant\n%q", got.links, want.links)
	}
}

// On Windows names in the work directory have backslashes, two of them in quotes.
func TestParseTraceWithBackslashes(t *testing.T) {
	want, err := parseTrace(smallTrace)
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`\$WORK(/[\w.-]+)+`)
	for _, slash := range []string{`\`, `\\`} {
		got, err := parseTrace(names.ReplaceAllStringFunc(smallTrace, func(name string) string {
			return strings.ReplaceAll(name, "/", slash)
		}))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("with %s: %v, error %v\nwant %v", slash, got, err, want)
		}
	}
}

// What is not understood is not guessed.
func TestParseTraceErrors(t *testing.T) {
	for name, text := range map[string]string{
		"no link":           "cd /tmp\n",
		"two links":         smallTrace + "/go/tool/link -o a b\n",
		"no end of a file":  smallTrace + "cat >$WORK/b001/x << 'EOF' # internal\nx\n",
		"another cat":       smallTrace + "cat $WORK/b001/x\n",
		"no end of a quote": smallTrace + "/go/tool/compile -o \"$WORK/b004/_pkg_.a\n",
		"a quote inside":    smallTrace + "/go/tool/compile -o a\"$WORK/b004/_pkg_.a\"\n",
		"an odd escape":     smallTrace + "/go/tool/compile -o \"\\q$WORK/b004/_pkg_.a\"\n",
	} {
		if _, err := parseTrace(text); err == nil || !strings.HasPrefix(err.Error(), "go build -n: ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzParseTrace(f *testing.F) {
	f.Add(smallTrace)
	f.Add("echo 'a' > b # internal\n/link\n")
	f.Add("A='b' \"c d\" link\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseTrace(text)
		if err != nil {
			return
		}
		for _, c := range slices.Concat(got.links, slices.Collect(maps.Values(got.compiles))) {
			if len(c.Args) == 0 {
				t.Errorf("a command without words: %q", text)
			}
		}
	})
}
