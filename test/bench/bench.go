//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// bench is what all measurements share.
type bench struct {
	module     string // where the sources are
	dir        string // temporary, with a name short enough for sockets
	supervisor string // programs
	service    string
	sockets    int // made so far
}

// prepare builds the programs.
func prepare(ctx context.Context) (*bench, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("cannot find the module; run it as: go run ./test/bench: %w", err)
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	b := &bench{module: strings.TrimSpace(string(out)), dir: dir}
	b.supervisor, err = b.build(ctx, "cmd/supervisor")
	if err == nil {
		b.service, err = b.build(ctx, "test/bench/service")
	}
	if err != nil {
		b.remove()
		return nil, err
	}
	return b, nil
}

func (b *bench) build(ctx context.Context, pkg string) (string, error) {
	path := filepath.Join(b.dir, filepath.Base(pkg))
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "./"+pkg)
	cmd.Dir = b.module
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build %s: %w\n%s", pkg, err, out)
	}
	return path, nil
}

// socket is a new path for a unix socket.
func (b *bench) socket(name string) string {
	b.sockets++
	return filepath.Join(b.dir, name+strconv.Itoa(b.sockets))
}

func (b *bench) remove() { os.RemoveAll(b.dir) }
