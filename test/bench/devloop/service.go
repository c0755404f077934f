package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// service is the source of a program. In its files VERSION stands for what changes
// from one save to the next, ADDRESS and GRPC for what it listens on.
type service struct {
	name  string
	files map[string]string
}

func smallService() service {
	return service{name: "small", files: map[string]string{
		"go.mod": "module example.com/small\n\ngo 1.26\n",
		"main.go": `package main

import (
	"net/http"

	"example.com/small/page"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Version", "VERSION")
		w.Write([]byte(page.Text()))
	})
	http.ListenAndServe("ADDRESS", nil)
}
`,
		"page/page.go": "package page\n\nfunc Text() string { return \"VERSION\" }\n",
	}}
}

// largeService is a program of about 35 MB, with debug information.
func largeService() service {
	return service{name: "large", files: map[string]string{
		"go.mod": `module example.com/large

go 1.26

require (
	github.com/gin-gonic/gin v1.12.0
	github.com/prometheus/client_golang v1.23.2
	google.golang.org/grpc v1.76.0
)
`,
		"main.go": `package main

import (
	"log"
	"net"
	"net/http"

	"example.com/large/page"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
)

const version = "VERSION"

func main() {
	s := grpc.NewServer()
	healthpb.RegisterHealthServer(s, health.NewServer())
	reflection.Register(s)
	l, err := net.Listen("tcp", "GRPC")
	if err != nil {
		log.Fatal(err)
	}
	go s.Serve(l)
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.GET("/", func(c *gin.Context) {
		c.Header("X-Version", version)
		c.JSON(http.StatusOK, gin.H{"page": page.Text()})
	})
	r.GET("/metrics", gin.WrapH(promhttp.Handler()))
	log.Fatal(r.Run("ADDRESS"))
}
`,
		"page/page.go": `package page

import "github.com/prometheus/client_golang/prometheus"

var shown = prometheus.NewCounter(prometheus.CounterOpts{Name: "pages_total"})

func init() { prometheus.MustRegister(shown) }

func Text() string { shown.Inc(); return "VERSION" }
`,
	}}
}

// tree is a service in a directory.
type tree struct {
	service
	dir     string
	label   string // makes versions differ from those of other trees
	address string
	grpc    string
	saves   int
	saved   string // the version in main.go
}

func (t *tree) source() string { return filepath.Join(t.dir, "source") }

// make writes the service and has it built once, so that all that it imports is
// in the go command's cache.
func (t *tree) make(ctx context.Context) error {
	for name := range t.files {
		if err := t.write(name, t.version(0)); err != nil {
			return err
		}
	}
	if err := t.goCommand(ctx, nil, "mod", "tidy"); err != nil {
		return err
	}
	return t.goCommand(ctx, nil, "build", "-o", filepath.Join(t.dir, "out"), ".")
}

// save changes a file to what it never was.
func (t *tree) save(name string) error {
	t.saves++
	return t.write(name, t.version(t.saves))
}

// revert saves what main.go was before the last save.
func (t *tree) revert() error { return t.write("main.go", t.version(t.saves-1)) }

func (t *tree) version(n int) string { return fmt.Sprintf("version-%s%d", t.label, n) }

func (t *tree) write(name, version string) error {
	if name == "main.go" {
		t.saved = version
	}
	path := filepath.Join(t.source(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	words := strings.NewReplacer("VERSION", version, "ADDRESS", cmp.Or(t.address, "127.0.0.1:0"), "GRPC", cmp.Or(t.grpc, "127.0.0.1:0"))
	return os.WriteFile(path, []byte(words.Replace(t.files[name])), 0o644)
}

func (t *tree) goCommand(ctx context.Context, env []string, args ...string) error {
	return goCommand(ctx, t.source(), env, args...)
}

func goCommand(ctx context.Context, dir string, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w: %s", args[0], err, out)
	}
	return nil
}
