package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/air"
	"github.com/seed-27ba25bb/supervisor/internal/config"
)

// airLine is what a command line says in the terms of air, the live reloader.
type airLine struct {
	// file is its config; "" if there is none, so that its defaults and flags count.
	file  string
	flags []air.Flag
	// args are for the program.
	args []string
}

// airArgs reads a command line that begins with no verb as air reads it, if -c names a
// file of air, a flag is one of air's, or there is a file of air in this directory and
// none of ours. It returns the arguments that are left for us. A nil line means that
// air has no part in it.
func airArgs(root *cobra.Command, args []string) (line *airLine, rest []string, err error) {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		return nil, args, nil
	}
	r := airReader{dev: verb(root, "dev"), line: &airLine{}, rest: []string{"dev"}}
	if err := r.read(args); err != nil {
		return nil, nil, err
	}
	named := r.line.file != "" || len(r.line.flags) > 0
	if r.line.file == "" && !r.config {
		r.line.file, _ = airHere()
	}
	words := len(r.line.args) > 0 && !r.dash // they may be a package
	switch {
	case r.help:
		return nil, args, nil
	case r.version:
		return nil, []string{"version"}, nil
	case named && r.line.file == "" && (r.config || ownHere()):
		f := r.line.flags[0].Key
		return nil, nil, &usageError{"cannot use --" + f + ", a flag of air, with a config of supervisor", "set it in the config"}
	case named, r.line.file != "" && !r.foreign && !words:
		return r.line, r.rest, nil
	}
	return nil, args, nil
}

// airReader takes a command line apart.
type airReader struct {
	dev  *cobra.Command // whose flags are ours
	line *airLine
	rest []string
	// config: -c named a file. foreign: one of another kind than air's, or a flag that
	// nobody knows. dash: the arguments of the program follow "--".
	config, foreign, dash, version, help bool
}

func (r *airReader) read(args []string) error {
	for len(args) > 0 {
		a := args[0]
		if a == "--" {
			r.line.args, r.dash = args[1:], true
			return nil
		}
		if len(a) < 2 || a[0] != '-' {
			r.line.args = args
			return nil
		}
		used, err := r.flag(args)
		if err != nil {
			return err
		}
		args = args[used:]
	}
	return nil
}

// flag reads the first of args, and tells how many it has used. Air's flags may have
// one dash or two, and every one of them but -d, -v and -h has a value.
func (r *airReader) flag(args []string) (used int, err error) {
	name, value, joined := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(args[0], "-"), "-"), "=")
	take := func() error {
		used = 1
		if joined {
			return nil
		}
		if len(args) < 2 {
			return &usageError{args[0] + " has no value", "write it as " + args[0] + " VALUE; true and false are values, too"}
		}
		value, used = args[1], 2
		return nil
	}
	switch {
	case name == "d":
		return 1, nil // we say no more than we do anyway
	case name == "v":
		r.version = true
		return 1, nil
	case name == "h" || name == "help" || name == "version":
		r.help = true
		return 1, nil
	case name == "c" || name == "config":
		err = take()
		r.configFile(value)
		return used, err
	case name == "color":
		err = take()
		r.line.flags = append(r.line.flags, air.Flag{Key: "color.mode", Value: value})
		return used, err
	case air.IsFlag(name):
		err = take()
		r.line.flags = append(r.line.flags, air.Flag{Key: name, Value: value})
		return used, err
	}
	own := r.dev.Flags().Lookup(name)
	if len(name) == 1 {
		own = r.dev.Flags().ShorthandLookup(name)
	}
	switch {
	case own == nil:
		r.foreign, used = true, 1
	case own.NoOptDefVal != "":
		used = 1
	default:
		err = take()
	}
	r.rest = append(r.rest, args[:used]...)
	return used, err
}

// configFile: the first file of air is the line's. It stays among the files, since the
// first of them names the supervisor.
func (r *airReader) configFile(file string) {
	r.config = true
	if r.line.file == "" && isAirFile(file) {
		r.line.file = file
	}
	r.rest = append(r.rest, "-c", file)
}

func verb(root *cobra.Command, name string) *cobra.Command {
	for _, c := range root.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return root
}

// airHere is the file that air would read in this directory, unless there is a
// config of ours.
func airHere() (string, bool) {
	if ownHere() {
		return "", false
	}
	return air.Detect(".")
}

func ownHere() bool {
	own, err := (&settings{}).configFiles()
	return err != nil || len(own) > 0
}

// isAirFile tells whether a file that -c names is one of air.
func isAirFile(file string) bool {
	data, err := readAir(file)
	return err == nil && air.Recognize(file, data)
}

// airLayer is what air has to say to a config: by the command line, by a file that -c
// names, or, if nothing is named (alone), by the file in this directory. It returns the
// files that are left for our own config.
func airLayer(line *airLine, files []string, alone bool) (trees []config.Tree, left, warnings []string, err error) {
	if line == nil {
		line = &airLine{}
		if i := slices.IndexFunc(files, isAirFile); i >= 0 {
			line.file = files[i]
		} else if alone && len(files) == 0 {
			line.file, _ = airHere()
		}
		if line.file == "" {
			return nil, files, nil, nil
		}
	}
	for _, f := range files {
		if f != line.file {
			left = append(left, f)
		}
	}
	tree, warnings, err := line.tree()
	return []config.Tree{tree}, left, warnings, err
}

// largestAir keeps a wrong -c, such as a device, from filling memory.
const largestAir = 1 << 20

func readAir(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largestAir+1))
	if err == nil && len(data) > largestAir {
		err = fmt.Errorf("larger than %d bytes", largestAir)
	}
	return data, err
}

// tree is the lowest layer of the config: what the file and the flags say as they are
// now.
func (l *airLine) tree() (config.Tree, []string, error) {
	name, data := l.file, []byte(nil)
	if name != "" {
		var err error
		if data, err = readAir(name); err != nil {
			return config.Tree{}, nil, &usageError{fmt.Sprintf("cannot load config: %s: %v", name, bare(err)), ""}
		}
	} else {
		name = ".air.toml"
	}
	result, err := l.translate(name, data)
	if err != nil {
		return config.Tree{}, nil, err
	}
	absolute, err := filepath.Abs(name)
	return config.Tree{File: absolute, Values: result.Tree, Origins: result.Origins}, result.Warnings, err
}

func (l *airLine) translate(name string, data []byte) (air.Result, error) {
	file, err := air.Parse(name, data)
	if err != nil {
		return air.Result{}, airFault(err)
	}
	result, err := file.Translate(air.Options{Flags: l.flags, Args: l.args})
	return result, airFault(err)
}

// airFault gives a fault of a file the exit code of bad config.
func airFault(err error) error {
	if _, ok := errors.AsType[*air.Error](err); ok {
		return &usageError{err.Error(), ""}
	}
	return err
}

// fromAir writes the supervisor.toml that says what a file of air does. Both are for
// the working directory, wherever the file lies.
func fromAir(name string, data []byte) (toml []byte, warnings []string, err error) {
	result, err := (&airLine{}).translate(name, data)
	if err != nil {
		return nil, nil, err
	}
	return air.Render(result), result.Warnings, nil
}
