//go:build unix

package supervise

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// A preflight whose program is the service's own runs the version that is to start, and
// not what lies in its place.
func TestPreflightRunsTheNewVersion(t *testing.T) {
	for _, test := range []struct {
		name    string
		service Service
		word    string
		want    string
	}{
		{"what the build makes", Service{Build: rebuild.Options{Command: "make", Output: "bin/web"}}, "./bin/web", "/store/web"},
		{"another spelling", Service{Build: rebuild.Options{Command: "make", Output: "./bin/web"}}, "/srv/bin/../bin/web", "/store/web"},
		{"something else of the build", Service{Build: rebuild.Options{Command: "make", Output: "bin/web"}}, "./bin/check", "/srv/bin/check"},
		{"a package", Service{Build: rebuild.Options{Package: "./cmd/web"}}, "./web", "/store/web"},
		{"the package of the directory", Service{Build: rebuild.Options{Package: "."}}, "./srv", "/store/web"},
		{"an import path", Service{Build: rebuild.Options{Package: "example.com/x/web"}}, "web", "/store/web"},
		{"not the package", Service{Build: rebuild.Options{Package: "./cmd/web"}}, "./cmd/web", "/srv/cmd/web"},
		{"the command that was copied", Service{Command: []string{"./web"}}, "/srv/web", "/store/web"},
		{"not the command", Service{Command: []string{"./web"}}, "./check", "/srv/check"},
	} {
		test.service.Dir, test.service.Preflight = "/srv", []string{test.word, "-check"}
		path, args, err := preflight(Launch{Service: test.service, Artifact: rebuild.Artifact{Path: "/store/web"}}, nil)
		if err != nil || path != test.want || strings.Join(args, " ") != test.word+" -check" {
			t.Errorf("%s: runs %s as %v, want %s (%v)", test.name, path, args, test.want, err)
		}
	}
	if _, _, err := preflight(Launch{Service: Service{Dir: "/srv", Preflight: []string{"none"}}}, nil); err == nil {
		t.Error("no error for what is not in PATH")
	}
}

func TestEnding(t *testing.T) {
	failed := errors.New("failed")
	for said, want := range map[string]string{
		"":                           "failed",
		" \n\n":                      "failed",
		"one":                        "failed: one",
		"\tone \r\n\ntwo\n":          "failed: one; two",
		"1\n2\n3\n4\n5\n6\n7\n":      "failed: 3; 4; 5; 6; 7",
		"\xff":                       "failed: �",
		strings.Repeat("x", 3000):    "failed: " + strings.Repeat("x", 1024),
		strings.Repeat("x\n", 30000): "failed: x; x; x; x; x",
	} {
		e := &ending{}
		for len(said) > 0 { // in pieces
			n := min(700, len(said))
			if written, err := e.Write([]byte(said[:n])); written != n || err != nil {
				t.Fatal(written, err)
			}
			said = said[n:]
		}
		if got := e.after(failed); got.Error() != want || !errors.Is(got, failed) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
