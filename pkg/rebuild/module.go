package rebuild

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// module says what makes a directory part of a module or workspace; "" is no
// such file.
type module struct{ GOMOD, GOWORK string }

// findModule asks the go command, which knows of GOWORK and GOFLAGS.
func findModule(ctx context.Context, dir string, env []string) (module, error) {
	out, err := goOutput(ctx, dir, env, "env", "-json", "GOMOD", "GOWORK")
	if err != nil {
		return module{}, err
	}
	var m module
	if err := json.Unmarshal(out, &m); err != nil {
		return module{}, fmt.Errorf("go env: %w", err)
	}
	// This is how the go command says that there is no module.
	if strings.EqualFold(m.GOMOD, os.DevNull) {
		m.GOMOD = ""
	}
	if m.GOWORK == "off" {
		m.GOWORK = ""
	}
	if m.GOMOD == "" && m.GOWORK == "" {
		return module{}, fmt.Errorf("%w: no go.mod in %s or above", ErrNoModule, dir)
	}
	return m, nil
}

// moduleFiles are the go.work, and the go.mod of all its modules: each has a
// say in the versions of what the others import.
func moduleFiles(ctx context.Context, dir string, env []string) ([]string, error) {
	m, err := findModule(ctx, dir, env)
	if err != nil {
		return nil, err
	}
	if m.GOWORK == "" {
		return []string{m.GOMOD}, nil
	}
	mods, err := goLines(ctx, dir, env, "list", "-m", "-f", "{{.GoMod}}")
	return append(mods, m.GOWORK), err
}

func goLines(ctx context.Context, dir string, env []string, args ...string) ([]string, error) {
	out, err := goOutput(ctx, dir, env, args...)
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' || r == '\r' }), nil
}
