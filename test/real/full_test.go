//go:build real

package real

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
)

const source = `package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	l, err := net.FileListener(os.NewFile(3, "http"))
	if err != nil {
		log.Fatal(err)
	}
	c, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprint(c, "READY=1")
	log.Fatal(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, version) })))
}
`

// project writes a Go module with a service.
func (r *running) project(addr string) {
	r.t.Helper()
	r.write("go.mod", "module example.com/web\ngo 1.24\n")
	r.write("main.go", source)
	r.release("v1")
	r.write("supervisor.toml", "[services.web]\nlisten = [\"http="+addr+"\"]\npackage = \".\"\n")
}

// release saves a version.
func (r *running) release(version string) {
	r.t.Helper()
	r.write("version.go", "package main\n\nconst version = \""+version+"\"\n")
}

// The disk is full when the artifact is to be kept: the build fails, the old
// version serves. With room again the next one works.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	addr := free(t)
	r := newRunning(t)
	disk := r.path("cache")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", disk, "tmpfs", 0, "size=64m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Unmount(disk, syscall.MNT_DETACH) })
	r.project(addr)
	r.start(program("supervisor"), "run")
	r.await("web #1 serving")
	r.answers("http://"+addr, "v1")
	ballast := r.fill(disk + "/ballast")
	r.release("v2")
	r.reloads(3, "web: build failed: cannot build .: ")
	r.reloads(3, "no space left on device; generation 1 serves")
	r.answers("http://"+addr, "v1")
	if text, _ := r.verb("status"); !strings.Contains(text, "what serves is older than the source: build failed: cannot build .: ") {
		t.Errorf("status says\n%s", text)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	r.reloads(0, "web: promoted generation 4")
	r.await("web #1 drained in ")
	r.answers("http://"+addr, "v2")
	r.stops()
}

// fill writes a file until the disk is full.
func (r *running) fill(path string) string {
	r.t.Helper()
	f, err := os.Create(path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.Copy(f, zeros{}); !errors.Is(err, syscall.ENOSPC) {
		r.t.Fatalf("the disk is not full: %v", err)
	}
	return path
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
