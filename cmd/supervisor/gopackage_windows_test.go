package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// versioned is a service that says its version to whoever connects, and where it
// listens in the file "address".
const versioned = `package main

import (
	"net"
	"os"
)

const version = %q

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile("address", []byte(l.Addr().String()), 0o600); err != nil {
		panic(err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			panic(err)
		}
		c.Write([]byte(version))
		c.Close()
	}
}
`

// dev follows a Go package: each save is built and put in service, over an executable
// that runs; what does not build changes nothing; old executables go once they are free.
func TestDevGoPackage(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no Go command here: ", err)
	}
	for _, kv := range []string{"GOFLAGS=-buildvcs=false", "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off"} {
		name, value, _ := strings.Cut(kv, "=")
		t.Setenv(name, value)
	}
	s := &supervised{t: t, dir: t.TempDir(), patience: 5 * time.Minute}
	s.write("go.mod", "module example.org/web\n\ngo 1.26\n")
	s.write("main.go", fmt.Sprintf(versioned, "1"))
	s.write("supervisor.toml", "[services.web]\npackage = '.'\nhandoff.by = 'restart'\ndrain.timeout = '500ms'\nbuild.keep = 1\n")
	s.start("dev")
	s.answers("1")
	first := s.executable()
	if f, err := os.OpenFile(first, os.O_WRONLY, 0); err == nil {
		f.Close()
		t.Error("an executable that runs could be written to")
	}
	if err := os.Rename(first, first+".moved"); err != nil {
		t.Errorf("it cannot be renamed: %v", err)
	} else if err := os.Rename(first+".moved", first); err != nil {
		t.Error(err)
	}

	s.write("main.go", fmt.Sprintf(versioned, "2"))
	s.answers("2")
	second := s.executable()
	if second == first {
		t.Error("another content has the same name")
	}
	s.write("main.go", fmt.Sprintf(versioned, "3")+"var x int = \"broken\"\n")
	s.until(func(v control.Service) bool { return strings.Contains(s.output(), "main.go:") })
	s.answers("2")
	s.write("main.go", fmt.Sprintf(versioned, "4"))
	s.answers("4")
	s.until(func(control.Service) bool {
		_, err := os.Stat(first)
		return os.IsNotExist(err)
	})
	if _, err := os.Stat(second); err != nil {
		t.Errorf("the one before is gone: %v", err)
	}
	s.stop()
}

// executable is what the only process runs.
func (s *supervised) executable() string {
	s.t.Helper()
	v := s.until(func(v control.Service) bool { return len(v.Generations) == 1 && serving(v) != 0 })
	all, err := filepath.Glob(filepath.Join(s.dir, "supervisor", "*", v.Generations[0].Artifact+"*", "*.exe"))
	if err != nil || len(all) != 1 {
		s.t.Fatalf("artifact %s is %q, %v", v.Generations[0].Artifact, all, err)
	}
	return all[0]
}

// answers waits until the service says that it is this version.
func (s *supervised) answers(want string) {
	s.t.Helper()
	s.until(func(v control.Service) bool {
		address, err := os.ReadFile(filepath.Join(s.dir, "address"))
		if err != nil || serving(v) == 0 {
			return false
		}
		c, err := net.DialTimeout("tcp", string(address), limit)
		if err != nil {
			return false
		}
		defer c.Close()
		got, err := io.ReadAll(c)
		return err == nil && string(got) == want
	})
}
