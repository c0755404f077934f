package watch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Patterns and names count in any case of letters and with either slash.
func TestPatternsOfWindows(t *testing.T) {
	s, err := compile(Options{
		Dir: `C:\Srv\web`, Paths: []string{"src", `Sub\Dir`}, Files: []string{"conf/App.toml"},
		Include: []string{"*.GO", `Views\**\*.html`}, Exclude: []string{`gen\`, "Old/**"}, NoGitignore: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		`C:\Srv\web\src\main.go`: true, `C:\Srv\web\src\MAIN.Go`: true, `C:\Srv\web\src\views\a.html`: false,
		`c:\srv\WEB\src\main.go`: true, `C:\Srv\web\conf\app.toml`: true, `C:\Srv\web\CONF\APP.TOML`: true,
		`C:\Srv\web\src\a.txt`: false,
	} {
		if got := s.takes(path, interest{all: true, deep: true}); got != want {
			t.Errorf("%s counts: %v, want %v", path, got, want)
		}
	}
	for path, want := range map[string]bool{
		`C:\Srv\web\GEN`: true, `C:\Srv\web\old\x`: true, `C:\Srv\web\views`: false, `C:\Srv\web\.GIT`: true, `C:\Srv\web\src`: false,
	} {
		if got := s.excluded(path, true); got != want {
			t.Errorf("%s is left out: %v, want %v", path, got, want)
		}
	}
	if !s.included(`C:\Srv\web\VIEWS\x\y.HTML`) || s.included(`D:\Srv\web\views\x\y.html`) {
		t.Error("a pattern with a slash does not count from Dir")
	}
	rules := parseIgnore("*.LOG\n/Build/\n")
	if !rules[0].match("a.log", false) || !rules[1].match("build", true) {
		t.Error(".gitignore differs by the case of letters")
	}
}

func TestBelow(t *testing.T) {
	for _, c := range []struct {
		path, dir string
		want      bool
	}{
		{`C:\srv\x`, `c:\SRV`, true}, {`C:\srv`, `C:\srv`, true}, {`C:\srvx`, `C:\srv`, false}, {`C:\x`, `C:\`, true},
		{`D:\srv\x`, `C:\srv`, false}, {`\\host\share\x`, `\\HOST\share`, true}, {`C:`, `C:\srv`, false},
	} {
		if got := below(c.path, c.dir); got != c.want {
			t.Errorf("%s is below %s: %v", c.path, c.dir, got)
		}
	}
}

// Another drive letter's case, and both slashes, are the same directory.
func TestSpellingsOfWindows(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		tr := newTree(t, "src/a.go", "conf/app.toml")
		other := strings.ToLower(tr.root[:1]) + filepath.ToSlash(tr.root[1:])
		w := tr.watch(Options{Dir: other, Paths: []string{"src"}, Files: []string{"conf/APP.toml"}, Include: []string{`src\*.GO`}, Poll: poll})
		w.write("src/a.go", "new")
		w.write("src/a.txt", "not wanted")
		w.write("conf/app.toml", "new")
		w.wants("modified src/a.go", "modified conf/app.toml")
	})
}

// A file or directory that we read can be renamed and removed meanwhile.
func TestReadingIsNoLock(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "sub/a.go", "b.go")
	for _, name := range []string{"sub", "b.go"} {
		f, err := openFile(tr.path(name))
		if err != nil {
			t.Fatal(err)
		}
		tr.rename(name, name+".old")
		tr.must(os.RemoveAll(tr.path(name + ".old")))
		f.Close()
	}
}
