package air

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Options are what a file does not say. The zero value is good.
type Options struct {
	// Dir is where air would have been started: commands run there, and paths
	// start there. Empty is the working directory.
	Dir string
	// Name of the service. Empty means that of the program, or of Dir.
	Name string
	// Flags were given on the command line, in order.
	Flags []Flag
	// Args follow all other arguments of the program.
	Args []string
	// System picks the platform's table and shell, as GOOS does. Empty is this one.
	System string
	// LookPath finds a program. Nil is exec.LookPath.
	LookPath func(name string) (string, error)
	// Home is the home directory. Empty is that of the user.
	Home string
}

func (o Options) complete() (Options, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return o, err
	}
	o.Dir = dir
	if o.System == "" {
		o.System = runtime.GOOS
	}
	if o.LookPath == nil {
		o.LookPath = exec.LookPath
	}
	if o.Home == "" {
		o.Home, _ = os.UserHomeDir() // without one, no path is below it
	}
	return o, nil
}

// relative is a path below Dir, with slashes and without "./" at its front. A path
// elsewhere stays absolute, or begins with "../".
func (o Options) relative(path string) string {
	path = o.native(path)
	if rest, ok := strings.CutPrefix(path, "~/"); ok && o.Home != "" {
		path = filepath.Join(o.Home, rest)
	}
	if filepath.IsAbs(path) {
		rel, err := filepath.Rel(o.Dir, path)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return filepath.ToSlash(filepath.Clean(path))
		}
		path = rel
	}
	return filepath.ToSlash(filepath.Clean(path))
}

// native reads a path that was written for Windows anywhere: no other path in a
// file of air has a backslash.
func (o Options) native(path string) string { return strings.ReplaceAll(path, `\`, "/") }

func (o Options) absolute(path string) string {
	path = filepath.FromSlash(o.relative(path))
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(o.Dir, path)
}
