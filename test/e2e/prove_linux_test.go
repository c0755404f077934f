package e2e

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/prove"
)

// webservice is built from the example.
var webservice = sync.OnceValues(func() (string, error) {
	if _, err := os.ReadDir("../../examples/webservice"); err != nil {
		return "", err
	}
	return goBuild("../../examples/webservice")
})

// proves runs supervisor prove on a command, and returns its report and exit code.
func proves(t *testing.T, args ...string) (r prove.Report, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), built(t, programs.supervisor), append([]string{"prove", "--json"}, args...)...)
	dir := shortDir(t)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+dir)
	text, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("it has left %v, %v", left, err)
	}
	t.Log(r.Answer)
	return r, cmd.ProcessState.ExitCode()
}

func TestProveTheExample(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	r, code := proves(t, "--handoffs", "5", "--listen", "http="+addr, "--", built(t, webservice), "-addr", addr)
	if code != 0 || r.Failed != 0 || r.Done != 5 {
		t.Errorf("exit code %d: %+v", code, r)
	}
}

// A service that binds for itself and dies on TERM loses no new connection. One that is
// kept can meet the end of its server, which the report then says.
func TestProveThePlain(t *testing.T) {
	t.Parallel()
	r, code := proves(t, "--handoffs", "5", "--rate", "300", "--", built(t, plain), freeAddress(t, "http"))
	if r.Done != 5 || code != 0 && (code != 7 || r.Failed == 0) || r.Failed > 4 {
		t.Errorf("exit code %d: %+v", code, r)
	}
	for _, f := range r.Failures {
		if !f.Kept {
			t.Errorf("%+v", f)
		}
	}
}
