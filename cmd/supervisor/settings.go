package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// settings is the command line of dev, run and config: where the config comes from
// and what overrides it. They are kept, since every reload reads the config anew.
type settings struct {
	mode    config.Mode
	verb    string // for hints; empty: run
	files   []string
	profile string
	listen  []string
	control string
	pidFile string
	pkg     string
	command []string
	air     *airLine // what dev was told in the terms of air; nil: nothing
	json    bool     // reports are objects, one a line
	debug   string   // where debuggers connect to; empty: there is none
	leash   bool     // the end of the standard input is the end of the supervisor
}

func (s *settings) flags(c *cobra.Command) {
	c.Flags().StringArrayVarP(&s.files, "config", "c", nil, "config `FILE`; may be repeated, later ones override earlier ones")
	c.Flags().StringVar(&s.profile, "profile", "", "`NAME` of the profile to use (also $SUPERVISOR_PROFILE)")
	c.Flags().StringArrayVar(&s.listen, "listen", nil, "`ADDRESS` to listen on, as [name=]tcp://host:port, unix:///path, :8080 …; may be repeated")
	controlFlag(c, &s.control)
}

func controlFlag(c *cobra.Command, path *string) {
	c.Flags().StringVar(path, "control", "", "`PATH` of the control socket (also $SUPERVISOR_CONTROL)")
}

// words takes the arguments: a package before the dash, a command after it.
func (s *settings) words(c *cobra.Command, args []string) error {
	before := args
	if at := c.ArgsLenAtDash(); at >= 0 {
		before, s.command = args[:at], args[at:]
		if len(s.command) == 0 {
			return &usageError{"there is no command after --", "write the command to run after it: -- ./server --flag"}
		}
	}
	switch {
	case len(before) == 1 && s.mode == config.Dev && s.command == nil:
		s.pkg = before[0]
	case len(before) > 0 && s.mode == config.Run:
		return &usageError{"cannot run " + before[0], "write the command after a dash: supervisor " + cmp.Or(s.verb, "run") + " -- " + strings.Join(before, " ")}
	case len(before) > 0:
		return &usageError{"cannot use " + strings.Join(before, " "), "give one package, or a command after --"}
	}
	return nil
}

// where is what names the control socket of a supervisor with these settings.
func (s *settings) where() control.PathOptions {
	o := control.PathOptions{Control: s.control}
	if len(s.files) > 0 {
		o.Config = s.files[0]
	}
	return o
}

// load reads the config as it is now.
func (s *settings) load(ctx context.Context) (*config.Config, error) {
	files, err := s.configFiles()
	if err != nil {
		return nil, err
	}
	alone := s.mode == config.Dev && s.command == nil && s.pkg == ""
	trees, files, warnings, err := airLayer(s.air, files, alone)
	if err != nil {
		return nil, err
	}
	if len(files)+len(trees) == 0 && alone {
		if s.pkg, err = mainPackage(ctx); err != nil {
			return nil, err
		}
		if files, err = s.configFiles(); err != nil {
			return nil, err
		}
	}
	o := config.Options{Mode: s.mode, Files: files, Trees: trees, Profile: s.profile}
	if err := s.override(&o); err != nil {
		return nil, err
	}
	conf, err := config.Load(o)
	if err == nil {
		conf.Warnings = append(warnings, conf.Warnings...)
	}
	return conf, err
}

// fixed reports whether everything stands on the command line, so that there is
// nothing to read again.
func (s *settings) fixed() bool { return s.command != nil && len(s.files) == 0 }

// configFiles is what -c names; else the config in the directory of the package,
// or in this one. A command on the command line needs none.
func (s *settings) configFiles() ([]string, error) {
	if len(s.files) > 0 || s.command != nil {
		return s.files, nil
	}
	dir := "."
	if s.pkg != "" {
		dir = s.pkg
	}
	for _, name := range []string{"supervisor.toml", "supervisor.yaml", "supervisor.yml", "supervisor.json"} {
		file := filepath.Join(dir, name)
		switch _, err := os.Stat(file); {
		case err == nil:
			return []string{file}, nil
		case !errors.Is(err, fs.ErrNotExist) && !strings.Contains(err.Error(), "not a directory"):
			return nil, err
		}
	}
	return nil, nil
}

// override turns the command line into the highest layer of the config.
func (s *settings) override(o *config.Options) error {
	own := s.pkg != "" && len(o.Files) > 0 && len(s.files) == 0 // the package's own config says how to run it
	if len(o.Files)+len(o.Trees) > 0 && len(s.listen) == 0 && s.command == nil && (s.pkg == "" || own) {
		return nil
	}
	name, err := s.target(*o)
	if err != nil {
		return err
	}
	o.Flags, o.FlagNames = map[string]any{}, map[string]string{}
	set := func(key, flag string, value any) {
		key = "services." + name + "." + key
		o.Flags[key], o.FlagNames[key] = value, flag
	}
	if len(s.listen) > 0 {
		set("listen", "--listen", s.listen)
	}
	switch {
	case s.command != nil:
		set("command", "-- COMMAND", s.command)
		set("package", "-- COMMAND", "")
	case s.pkg != "" && !own:
		set("package", "PACKAGE", s.pkg)
		set("command", "PACKAGE", []string{})
	}
	return nil
}

// target is the name of the service that the command line is about.
func (s *settings) target(o config.Options) (string, error) {
	if len(o.Files)+len(o.Trees) > 0 {
		c, err := config.Load(o)
		if err != nil {
			return "", err
		}
		if len(c.Services) == 1 {
			return c.Services[0].Name, nil
		}
		return "", &usageError{"cannot tell which service the command line means: the config has several", "put it into the config, or name one with -c a config of its own"}
	}
	if s.command != nil {
		return serviceName(s.command[0]), nil
	}
	if s.pkg == "" {
		return "", &usageError{"there is nothing to run: no config and no command", fmt.Sprintf("supervisor %[1]s -c FILE, or: supervisor %[1]s --listen :8080 -- ./server", cmp.Or(s.verb, "run"))}
	}
	abs, err := filepath.Abs(s.pkg)
	if err != nil {
		return "", err
	}
	return serviceName(abs), nil
}

// serviceName makes a name that the config allows out of a path.
func serviceName(path string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
	name = strings.TrimLeft(name, "-_")
	if name == "" {
		return "service"
	}
	return name[:min(len(name), 64)]
}
