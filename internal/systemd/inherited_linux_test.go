package systemd

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// inherit runs a process as systemd would, with the variables set by script, and
// returns what it says.
func inherit(t *testing.T, script string, files ...*os.File) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script+` exec "$0"`, "/proc/self/exe")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Args[3] = self
	cmd.Env = append(os.Environ(), "TEST_INHERITED=1")
	cmd.ExtraFiles = files
	out, err := cmd.CombinedOutput()
	var told []string
	if err != nil || json.Unmarshal(out, &told) != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return told
}

func TestInherited(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at := l.Addr().String()
	a, err := listener.Parse("http=tcp://" + at)
	if err != nil {
		t.Fatal(err)
	}
	told := inherit(t, "export LISTEN_FDS=3 LISTEN_PID=$$ LISTEN_PIDFDID=7 LISTEN_FDNAMES=http:"+ownPrefix+a.Key()+":;", f, f, os.Stderr)
	want := []string{"", "3 false http=tcp://" + at, "4 true " + a.Key() + "=tcp://" + at, "5 false  (fd 5)"}
	if !slices.Equal(told, want) {
		t.Errorf("it has\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

// Variables for another process are not for this one, nor for its children.
func TestInheritedOfAnotherProcess(t *testing.T) {
	if told := inherit(t, "export LISTEN_FDS=1 LISTEN_PID=1;", os.Stderr); len(told) != 1 || told[0] != "" {
		t.Errorf("it has %q", told)
	}
}
