package rebuild

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// settings is what the go command takes from its environment, its files of
// settings, go.mod and the toolchain that it chose: all of go env.
type settings map[string]string

func goSettings(ctx context.Context, dir string, env []string) (settings, error) {
	out, err := goOutput(ctx, dir, env, "env", "-json")
	if err != nil {
		return nil, err
	}
	var s settings
	if err := json.Unmarshal(out, &s); err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	return s, nil
}

// goflags are the flags in GOFLAGS. Quotes in it are taken as the go command
// takes them: around a whole flag.
func (s settings) goflags() []string {
	var flags []string
	for rest := strings.TrimSpace(s["GOFLAGS"]); rest != ""; rest = strings.TrimSpace(rest) {
		end := strings.IndexAny(rest, " \t\r\n")
		if quote := rest[0]; quote == '\'' || quote == '"' {
			rest = rest[1:]
			end = strings.IndexByte(rest, quote)
		}
		if end < 0 {
			return append(flags, rest)
		}
		flags, rest = append(flags, rest[:end]), rest[end+1:]
	}
	return flags
}

// variables are what the go command sets for its tools, so that they agree with
// it: see cfg.CmdEnv in cmd/go/main.go.
func (s settings) variables() []string {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if name != "GOGCCFLAGS" { // names a directory that is gone
			env = append(env, name+"="+s[name])
		}
	}
	return env
}

// environDigest is a hash of those variables that the go command or its tools
// heed, and of nothing that changes from one terminal to the next.
func environDigest(env []string) string {
	last := map[string]string{}
	for _, entry := range env {
		if name, value, _ := strings.Cut(entry, "="); heeded(name) {
			last[name] = value
		}
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(last)) {
		fmt.Fprintf(sum, "%q=%q\n", name, last[name])
	}
	return hexSum(sum)
}

func heeded(name string) bool {
	switch name = strings.ToUpper(name); name {
	case "GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GOTMPDIR", "GOTRACEBACK": // how fast, where, how loud
		return false
	case "CC", "CXX", "FC", "AR", "PATH", "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA":
		return true
	}
	return slices.ContainsFunc([]string{"GO", "CGO_", "PKG_CONFIG", "XDG_"}, func(prefix string) bool {
		return strings.HasPrefix(name, prefix)
	})
}
