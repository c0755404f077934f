package rebuild

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

const (
	defaultTimeout = 10 * time.Minute
	defaultKeep    = 3
)

// Options says what to build and where to keep it. One of Package and Command
// must be set, or Output alone, and Store.
type Options struct {
	// Dir is where all commands run; "" is the current directory.
	Dir string

	// Package is the Go main package to build: "./cmd/web", ".", or an import path.
	Package string
	// Flags are flags of go build. -o is not among them: Store says where.
	Flags []string

	// Fast is for development: the build of Package leaves out what is not needed
	// to run it (debug information, symbols, what git knows) and, after Prepare,
	// does without the go command as long as only the contents of files change.
	// The executable is the one that go build makes with the same flags.
	Fast bool
	// Linkers is a directory in which PrepareLinker may keep Go linkers that it builds,
	// about 9 MB each and four at most, for all fast builds of all projects; "" is for none.
	// It is on the file system of Store, and nobody else may write to it, for what is in it
	// is run.
	Linkers string
	// Debug keeps debug information and symbols in a fast build.
	Debug bool

	// Command is a shell command that makes Output.
	Command string
	// Output is the executable that Command makes, relative to Dir; "" if it makes
	// none, or one that is run where it stands: then nothing is kept, the Artifact
	// has no Path and no Hash, and Name must be given. Output is copied, so that Command may write over it next time. It may be older than
	// the build: make has nothing to do when it is up to date. Without a Command nothing
	// is built, and Output is kept as it is found.
	Output string

	// Runs is an executable in Dir that the commands may write while it runs.
	// Windows refuses that: there it is renamed before a build, to a name that ends in "~",
	// and a copy takes its place. Those that have ended are removed by the next build.
	Runs string

	// Shell is a program that gets each shell command as its last argument, such as
	// bash -euc; empty is sh -c, and cmd /C on Windows.
	Shell []string

	// Before and After are shell commands run around the build, in order. The
	// build fails with the first that fails.
	Before, After []string

	// Env is the environment of all commands; nil is os.Environ(). PWD is
	// always set to Dir, and GOTMPDIR to a directory that is removed when the
	// build ends, since a go command that is killed leaves its work behind.
	Env []string

	// Timeout is the longest that a build, with Before and After, may take.
	// 0 is 10 minutes.
	Timeout time.Duration

	// Name is the file name of the artifact, which is what ps shows; "" is the
	// last element of Package or Output. On Windows ".exe" is added.
	Name string
	// Store is the directory of artifacts: Store/HASH/Name. It is made if it
	// is not there. Builders with different Names may share one.
	Store string
	// Keep is how many artifacts Prune leaves beside those in use, of those that have
	// served before the others; 0 is 3.
	Keep int

	// Start, if set, starts what a build runs, but for questions to the go command.
	Start Start

	// Sink gets what the commands print, stdout and stderr together, while they
	// run: one Write for each line, which always ends in a newline. Its errors
	// are ignored. nil discards.
	Sink io.Writer
}

// complete checks o and returns it with defaults in place and absolute paths.
func (o Options) complete() (Options, error) {
	if err := o.check(); err != nil {
		return o, err
	}
	var err error
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return o, err
	}
	if o.Store, err = filepath.Abs(o.Store); err != nil {
		return o, err
	}
	if o.Linkers != "" {
		if o.Linkers, err = filepath.Abs(o.Linkers); err != nil {
			return o, err
		}
	}
	if o.Name == "" {
		o.Name = o.defaultName()
	}
	if o.Name, err = fileName(o.Name); err != nil {
		return o, err
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Keep == 0 {
		o.Keep = defaultKeep
	}
	if o.Sink == nil {
		o.Sink = io.Discard
	}
	return o, nil
}

func (o Options) check() error {
	switch {
	case o.Package == "" && o.Command == "" && o.Output == "":
		return errors.New("neither a package nor a command is given")
	case o.Package != "" && o.Command != "":
		return errors.New("both a package and a command are given: which one makes the executable?")
	case o.Command != "" && o.Output == "" && o.Name == "":
		return fmt.Errorf("no name is given for what %q makes", o.Command)
	case o.Package != "" && o.Output != "":
		return errors.New("output goes with a command, not with a package")
	case o.Command != "" && len(o.Flags) > 0:
		return errors.New("flags go with a package, not with a command")
	case strings.HasPrefix(o.Package, "-"):
		return fmt.Errorf("package %q begins with a dash: flags have a place of their own", o.Package)
	case o.Store == "":
		return errors.New("no store directory is given")
	case o.Timeout < 0:
		return fmt.Errorf("timeout %v is negative", o.Timeout)
	case o.Keep < 0:
		return fmt.Errorf("keep %d is negative", o.Keep)
	}
	for _, flag := range o.Flags {
		name, _, _ := strings.Cut(strings.TrimLeft(flag, "-"), "=")
		if strings.HasPrefix(flag, "-") && name == "o" {
			return fmt.Errorf("flag %s is not allowed: the store says where the executable goes", flag)
		}
	}
	return nil
}

func (o Options) defaultName() string {
	switch {
	case o.Package == "":
		return filepath.Base(o.Output)
	case filepath.IsAbs(o.Package):
		return filepath.Base(o.Package)
	case o.Package == "." || o.Package == ".." || strings.HasPrefix(o.Package, "./") || strings.HasPrefix(o.Package, "../"):
		return filepath.Base(filepath.Join(o.Dir, o.Package))
	}
	return path.Base(o.Package)
}

func fileName(name string) (string, error) {
	if name == "." || name == ".." || strings.ContainsAny(name, "/\x00"+string(os.PathSeparator)) {
		return "", fmt.Errorf("name %q is not a file name", name)
	}
	if exeSuffix != "" && !strings.EqualFold(filepath.Ext(name), exeSuffix) {
		name += exeSuffix
	}
	return name, nil
}
