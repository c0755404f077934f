// Page runs all benchmarks that compare us with others, and writes what they print to
// docs/benchmarks.md, with a picture of each comparison beside it:
//
//	go run ./test/bench/page           about twenty minutes
//	go run ./test/bench/page -quick    rough figures in five
//
// It wants the machine for itself.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/seed-27ba25bb/supervisor/test/bench/plot"
)

// parts are the benchmarks.
var parts = []struct{ pkg, title, about string }{
	{"devloop", "The development loop", "A save of a small service and of one of 35 MB, by this supervisor, by air (as it comes, and with a delay of 1 ms), by reflex, and by `go build` and a start by hand, in turn. Times are ratios to the last."},
	{"upgrades", "Upgrades in production", "One small service on a busy address, upgraded by this supervisor, by tableflip, by overseer, by Server::Starter, and nginx by a reload of its own, in turn, under new connections and under such as are kept alive by clients that do not try again. overseer's service is a program of its own, and nginx starts no new program: their requests compare, their times do not."},
	{"relay", "Relayed connections", "What `handoff.by = \"relay\"` costs, beside nginx's stream module and haproxy in tcp mode."},
	{"", "Against the bare service", "The same service with and without a supervisor."},
}

func main() {
	quick := flag.Bool("quick", false, "measure less")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *quick)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "page: error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, quick bool) error {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("cannot find the module; run it as: go run ./test/bench/page: %w", err)
	}
	docs := filepath.Join(strings.TrimSpace(string(out)), "docs")
	var page bytes.Buffer
	page.WriteString("# Side by side\n\n`make benchmarks` makes this page. Every comparison is within one run, in turn, so that what else the machine does falls on all; read the ratios, since the times are those of one machine.\n")
	if quick {
		page.WriteString("\n**These are rough figures, of a short run** (`go run ./test/bench/page -quick`).\n")
	}
	for _, p := range parts {
		fmt.Fprintf(&page, "\n## %s\n\n%s `go run ./test/bench/%s`\n", p.title, p.about, p.pkg)
		if err := measure(ctx, p.pkg, quick, docs, &page); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(docs, "benchmarks.md"), page.Bytes(), 0o644)
}

// measure runs one benchmark.
func measure(ctx context.Context, pkg string, quick bool, docs string, page *bytes.Buffer) error {
	figures, err := os.CreateTemp("", "charts")
	if err != nil {
		return err
	}
	figures.Close()
	defer os.Remove(figures.Name())
	args := []string{"run", "./test/bench/" + pkg}
	if quick {
		args = append(args, "-quick")
	}
	if pkg == "devloop" || pkg == "upgrades" {
		args = append(args, "-charts", figures.Name())
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = filepath.Dir(docs)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&said, os.Stdout), os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	charts, err := plot.Read(figures.Name())
	if err != nil && pkg != "" && pkg != "relay" {
		return err
	}
	for i, c := range charts {
		name := fmt.Sprintf("benchmarks-%s-%d.svg", pkg, i+1)
		var picture bytes.Buffer
		if err := c.Draw(&picture); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(docs, name), picture.Bytes(), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(page, "\n![%s](%s)\n", c.Title, name)
	}
	fmt.Fprintf(page, "\n```\n%s\n```\n", strings.TrimSpace(said.String()))
	return nil
}
