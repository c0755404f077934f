package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// service is the source of a program. In its files VERSION stands for what changes
// from one save to the next.
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
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("VERSION" + page.Text())) })
	http.ListenAndServe("127.0.0.1:0", nil)
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
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go s.Serve(l)
	r := gin.Default()
	r.GET("/", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"version": version, "page": page.Text()}) })
	r.GET("/metrics", gin.WrapH(promhttp.Handler()))
	log.Fatal(r.Run("127.0.0.1:0"))
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
	dir   string
	saves int
}

func (t *tree) source() string { return filepath.Join(t.dir, "source") }

// make writes the service and has it built once, so that all that it imports is
// in the go command's cache.
func (t *tree) make(ctx context.Context) error {
	for name := range t.files {
		if err := t.write(name, "0"); err != nil {
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
	return t.write(name, fmt.Sprint("version ", t.saves))
}

func (t *tree) write(name, version string) error {
	path := filepath.Join(t.source(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.ReplaceAll(t.files[name], "VERSION", version)), 0o644)
}

func (t *tree) goCommand(ctx context.Context, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = t.source(), append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w: %s", args[0], err, out)
	}
	return nil
}
