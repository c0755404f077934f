//go:build real

package real

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// patience is how long anything may take that is waited for. It only ends tests
// that fail.
const patience = 60 * time.Second

// bin is where the programs under test are, for every user to execute.
var bin string

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "dial" {
		os.Exit(dial(os.Args[2]))
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	if os.Geteuid() != 0 {
		fmt.Fprintln(os.Stderr, "cannot run these tests: they need root")
		return 2
	}
	var err error
	if bin, err = os.MkdirTemp("", "real"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(bin)
	if err := os.Chmod(bin, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for _, pkg := range []string{"../../cmd/supervisor", "../../examples/webservice", "../e2e/service", "../e2e/plain"} {
		if out, err := exec.Command("go", "build", "-o", program(filepath.Base(pkg)), pkg).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "cannot build %s: %v\n%s", pkg, err, out)
			return 1
		}
	}
	return m.Run()
}

func program(name string) string { return filepath.Join(bin, name) }

// dial is what a process of another user does: it connects to a unix socket.
func dial(path string) int {
	c, err := net.Dial("unix", path)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	c.Close()
	return 0
}
