package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// lookAtGo asks the go command with GOTOOLCHAIN=local: otherwise the answer would
// be that of another version, for which it might go to the network.
func lookAtGo(ctx context.Context, o Options) Go {
	env := environ(o.Environ)
	g := Go{Modules: modules(o)}
	g.Command = lookPath(env["PATH"], "go")
	if g.Command == "" {
		g.Elsewhere = goElsewhere(env)
		return g
	}
	cmd := exec.CommandContext(ctx, g.Command, "env", "-json", "GOVERSION", "GOROOT", "GOENV", "GOBIN", "GOPATH", "GOMODCACHE", "GOPROXY")
	cmd.WaitDelay = waitDelay
	cmd.Dir, cmd.Env = o.Dir, append(slices.Clone(o.Environ), "GOTOOLCHAIN=local")
	out, err := cmd.Output()
	if err != nil {
		g.Err = explained(err)
		return g
	}
	var said struct{ GOVERSION, GOROOT, GOENV, GOBIN, GOPATH, GOMODCACHE, GOPROXY string }
	if g.Err = json.Unmarshal(out, &said); g.Err != nil {
		return g
	}
	g.Version, _, _ = strings.Cut(said.GOVERSION, " ")
	g.Proxy = said.GOPROXY
	g.Toolchain = goSetting("GOTOOLCHAIN", env, said.GOENV, filepath.Join(said.GOROOT, "go.env"))
	g.Have = toolchains(said.GOMODCACHE, env["PATH"])
	g.Bin = said.GOBIN
	if first := filepath.SplitList(said.GOPATH); g.Bin == "" && len(first) > 0 {
		g.Bin = filepath.Join(first[0], "bin")
	}
	programs, _ := os.ReadDir(g.Bin)
	g.Installed = len(programs) > 0
	g.OnPath = slices.ContainsFunc(filepath.SplitList(env["PATH"]), func(dir string) bool {
		return filepath.Clean(dir) == filepath.Clean(g.Bin)
	})
	return g
}

// waitDelay is how long after its time a command may leave its output open: one that
// it started may hold it for ever.
const waitDelay = time.Second

// explained adds what a command printed before it failed.
func explained(err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && len(exit.Stderr) > 0 {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
	}
	return err
}

func environ(env []string) map[string]string {
	all := map[string]string{}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		all[name] = value
	}
	return all
}

func lookPath(path, name string) string {
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found
		}
	}
	return ""
}

// goElsewhere looks where installers put the go command.
func goElsewhere(env map[string]string) string {
	dirs := []string{"/usr/local/go/bin", "/usr/lib/go/bin", "/opt/homebrew/bin", "/usr/local/bin", "/snap/bin", `C:\Program Files\Go\bin`}
	if root := env["GOROOT"]; root != "" {
		dirs = append([]string{filepath.Join(root, "bin")}, dirs...)
	}
	if home := env["HOME"]; home != "" {
		sdks, _ := filepath.Glob(filepath.Join(home, "sdk", "go*", "bin"))
		dirs = append(append(dirs, filepath.Join(home, "go", "bin")), sdks...)
	}
	return lookPath(strings.Join(dirs, string(filepath.ListSeparator)), "go")
}
