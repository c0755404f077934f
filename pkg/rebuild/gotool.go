package rebuild

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// environ is the environment of a command that runs in dir, an absolute path.
// PWD lets the go command name files the way dir does, links and all.
func environ(env []string, dir string) []string {
	if env == nil {
		env = os.Environ()
	}
	return append(env[:len(env):len(env)], "PWD="+dir)
}

// goCommand is a go command for env, which may have a PATH of its own.
func goCommand(env []string, args ...string) (*exec.Cmd, error) {
	for _, dir := range filepath.SplitList(variable(env, "PATH")) {
		// As os/exec, run nothing from a relative directory.
		if !filepath.IsAbs(dir) {
			continue
		}
		if name, err := exec.LookPath(filepath.Join(dir, "go")); err == nil {
			return exec.Command(name, args...), nil
		}
	}
	return nil, ErrNoGo
}

// variable is the value of an environment variable; the last one counts.
func variable(env []string, name string) string {
	value := ""
	for _, entry := range env {
		if k, v, ok := strings.Cut(entry, "="); ok && sameVariable(k, name) {
			value = v
		}
	}
	return value
}

// goOutput runs a go command in dir and returns what it prints.
func goOutput(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	env = environ(env, dir)
	cmd, err := goCommand(env, args...)
	if err != nil {
		return nil, err
	}
	cmd.Dir, cmd.Env = dir, env
	var out bytes.Buffer
	var said tail
	err = run(ctx, nil, cmd, &out, &said)
	if errors.As(err, new(*exec.ExitError)) {
		return nil, fmt.Errorf("go %s: %w: %s", args[0], err, bytes.TrimSpace(said.bytes()))
	}
	if err != nil {
		return nil, fmt.Errorf("go %s: %w", args[0], err)
	}
	return out.Bytes(), nil
}
