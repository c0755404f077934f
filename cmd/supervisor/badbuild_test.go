//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program is a service that a build makes, without a module that it depends on.
const program = `package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
)

func main() {
	l, err := net.FileListener(os.NewFile(3, "http"))
	if err != nil {
		panic(err)
	}
	c, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err != nil {
		panic(err)
	}
	fmt.Fprint(c, "READY=1")
	for {
		c, err := l.Accept()
		if err != nil {
			panic(err)
		}
		r := bufio.NewReader(c)
		for line, err := "", error(nil); line != "\r\n" && err == nil; line, err = r.ReadString('\n') {
		}
		fmt.Fprintf(c, "HTTP/1.0 200 OK\r\n\r\n%s", version)
		c.Close()
	}
}
`

// built is a supervisor whose service is built by the go command.
func built(t *testing.T, mode string) *supervised {
	t.Helper()
	s := newSupervised(t, "[services.web]\nlisten = [\"127.0.0.1:0\"]\npackage = \".\"\n", "")
	s.write("go.mod", "module example.com/web\ngo 1.24\n")
	s.write("main.go", program)
	s.release("v1")
	s.start(mode, "-c", "supervisor.toml")
	s.await("web …#1 serving")
	s.findAddress()
	s.serves("v1")
	return s
}

// release writes the source of a version.
func (s *supervised) release(version string) {
	s.t.Helper()
	s.write("version.go", fmt.Sprintf("package main\n\nconst version = %q\n", version))
}

const brokenSource = "package main\n\nconst version = 1 +\n"

// A build that fails: the compiler's own message, and what serves is known to be
// older than the source.
func TestBuildFails(t *testing.T) {
	t.Parallel()
	s := built(t, "run")
	s.write("version.go", brokenSource)
	const why = "cannot build .: go build: exit status 1: ./version.go:4:1: syntax error: unexpected EOF, expected expression"
	s.mark()
	s.answers(3, "web: build failed: "+why+"; generation 1 serves", "reload")
	s.await("web | ./version.go:4:1: syntax error: unexpected EOF, expected expression\n")
	s.await("web #2 build failed after …: 1 error; generation 1 still serves: ./version.go:4:1: syntax error: unexpected EOF, expected expression\n")
	s.behind("build failed: " + why)
	s.serves("v1")
	s.release("v2")
	s.answers(0, "web: promoted generation 3", "reload")
	s.await("web #1 drained in ")
	s.serves("v2")
	if text, _ := s.verb("status"); strings.Contains(text, "older") {
		t.Errorf("the newest serves, and status says\n%s", text)
	}
	s.stops()
}

// The same by saving, in dev.
func TestBuildFailsInDev(t *testing.T) {
	t.Parallel()
	s := built(t, "dev")
	s.mark()
	s.write("version.go", brokenSource)
	s.await("\n./version.go:4:1: syntax error: unexpected EOF, expected expression\n")
	s.await("build failed…; generation 1 still serves")
	s.serves("v1")
	s.mark()
	s.release("v2")
	s.await("web #1 drained in ")
	s.serves("v2")
	s.stops()
}

// The first build fails: in production nothing can serve, and the supervisor ends.
func TestBuildFailsAtStart(t *testing.T) {
	t.Parallel()
	s := newSupervised(t, "[services.web]\nlisten = [\"127.0.0.1:0\"]\npackage = \".\"\n", "")
	s.write("go.mod", "module example.com/web\ngo 1.24\n")
	s.write("main.go", program)
	s.write("version.go", brokenSource)
	s.start("run")
	s.ends(3)
	s.await("./version.go:4:1: syntax error: unexpected EOF, expected expression\n")
	s.await("web #1 build failed…; nothing serves yet")
}

// Builds by a command of the config, which a drop-in replaces by a bad one.
func TestBuildCommand(t *testing.T) {
	const config = "[services.web]\nlisten = [\"http=127.0.0.1:0\"]\ncommand = [\"./web\"]\n[services.web.build]\noutput = \"web\"\ncommand = \"cp script web\"\n"
	for _, test := range []struct{ name, build, want string }{
		{"hangs", "timeout = \"300ms\"\ncommand = \"sleep 1000 & wait\"",
			`web: build failed: cannot build web: command "sleep 1000 & wait": not done after 300ms; generation 1 serves`},
		{"fails", `command = "echo no such luck; exit 4"`,
			`web: build failed: cannot build web: command "echo no such luck; exit 4": exit status 4: no such luck; generation 1 serves`},
		{"makes nothing", `command = "rm web"`,
			`web: build failed: cannot build web: command "rm web": …web…; generation 1 serves`},
		{"finds the disk full", `command = "cat script > /dev/full"`,
			`web: build failed: cannot build web: command "cat script > /dev/full": exit status 1: …No space left on device; generation 1 serves`},
		{"does not begin", `before = ["exit 5"]`,
			`web: build failed: cannot build web: before "exit 5": exit status 5; generation 1 serves`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSupervised(t, config, "v1")
			s.write("script", "#!/bin/sh\nexec service\n")
			if err := os.Chmod(filepath.Join(s.dir, "script"), 0o755); err != nil {
				t.Fatal(err)
			}
			s.start("run", "-c", "supervisor.toml")
			s.await("web #1 serving")
			s.findAddress()
			dropIn := filepath.Join(s.dir, "supervisor.d")
			if err := os.Mkdir(dropIn, 0o755); err != nil {
				t.Fatal(err)
			}
			s.write("supervisor.d/bad.toml", "[services.web.build]\n"+test.build+"\n")
			s.answers(3, test.want, "reload")
			s.serves("v1")
			s.behind(strings.TrimSuffix(strings.TrimPrefix(test.want, "web: "), "; generation 1 serves"))
			if err := os.RemoveAll(dropIn); err != nil {
				t.Fatal(err)
			}
			s.recovers()
		})
	}
}
