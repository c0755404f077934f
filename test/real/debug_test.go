//go:build real

package real

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// With --debug the service runs under dlv, takes its sockets all the same, and the
// debugger's address stays when a save puts a new version in service.
func TestDebug(t *testing.T) {
	t.Parallel()
	r := newRunning(t)
	addr := free(t)
	r.module(t, fmt.Sprintf(`package main

import (
	"fmt"
	"net/http"

	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

func main() {
	err := handoff.ListenAndServe(%q, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, version) }))
	if err != nil {
		panic(err)
	}
}
`, addr))
	r.write("version.go", "package main\n\nconst version = \"one\"\n")
	for _, name := range []string{"go.mod", "go.sum", "main.go", "version.go"} {
		// What was written just before dev begins may count as changed since.
		if err := os.Chtimes(r.path(name), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	r.start(program("supervisor"), "dev", "--debug=127.0.0.1:0", "--listen", addr, ".")
	r.await("web #1 serving")
	debugger := regexp.MustCompile(`dlv connect (\S+)`).FindStringSubmatch(r.out.String())
	if debugger == nil {
		t.Fatal("it does not say where debuggers connect to")
	}
	r.answers("http://"+addr, "one")
	asksDlv(t, debugger[1])
	r.write("version.go", "package main\n\nconst version = \"two\"\n")
	r.await("web #2 serving")
	r.answers("http://"+addr, "two")
	asksDlv(t, debugger[1])
	r.signal(os.Interrupt)
	r.ends(0)
}

// module makes the directory a Go module that uses this one as it is here.
func (r *running) module(t *testing.T, source string) {
	t.Helper()
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(here, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	const name = "github.com/seed-27ba25bb/supervisor"
	r.dir = filepath.Join(r.dir, "web")
	if err := os.Mkdir(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r.write("go.mod", "module example.com/web\n\ngo 1.26.0\n\nrequire "+name+" v0.0.0\n\nreplace "+name+" => "+here+"\n")
	r.write("go.sum", string(sums))
	r.write("main.go", source)
	tidy := exec.CommandContext(t.Context(), "go", "mod", "tidy")
	tidy.Dir, tidy.Env = r.dir, r.env
	if out, err := tidy.CombinedOutput(); err != nil {
		t.Fatalf("go mod tidy: %v\n%s", err, out)
	}
}

// asksDlv asks for its version by JSON-RPC, as editors begin.
func asksDlv(t *testing.T, addr string) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	fmt.Fprintln(c, `{"method":"RPCServer.GetVersion","params":[{}],"id":1}`)
	var answer struct{ Result struct{ DelveVersion string } }
	if err := json.NewDecoder(c).Decode(&answer); err != nil || answer.Result.DelveVersion == "" {
		t.Fatalf("the debugger answers %+v, %v", answer, err)
	}
}
