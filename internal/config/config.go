// Package config loads the configuration of the supervisor: it layers files,
// profiles, variables and flags, expands ${VAR}, and validates the result.
//
// From low to high: built-in defaults, the files in order, supervisor.d/*
// beside the first file by name, the chosen profile, SUPERVISOR_… variables,
// flags. Tables merge, lists replace.
package config

import "github.com/seed-27ba25bb/supervisor/pkg/listener"

// Mode is how the supervisor runs. It decides defaults only.
type Mode string

const (
	Dev Mode = "dev"
	Run Mode = "run"
)

// Options say what Load reads.
type Options struct {
	// Mode decides defaults. Empty is Dev.
	Mode Mode
	// Dir is where relative Files start, and where relative paths in the
	// config start if there are no Files. Empty is the working directory.
	Dir string
	// Files are read in order. The extension tells the format: .yaml and
	// .yml are YAML, .json is JSON, all others are TOML.
	Files []string
	// Trees are layers below the files, made of something else than a file of ours.
	Trees []Tree
	// Profile is the chosen profile. Empty means $SUPERVISOR_PROFILE.
	Profile string
	// Environ is the environment for ${VAR} and SUPERVISOR_… variables.
	// Nil means os.Environ().
	Environ []string
	// Flags is the highest layer: "services.web.listen" → []string{":8080"}.
	// A list may be a []string, a table a map[string]string. Strings are
	// taken as they are, since a shell has expanded them already. An empty
	// package or command takes away what a file says.
	Flags map[string]any
	// FlagNames tells what a key of Flags is called in messages ("--listen").
	// Without a name it is called "flag".
	FlagNames map[string]string
}

// Tree is a layer that was translated from a file of another kind.
type Tree struct {
	// File is what it was translated from, with an absolute path: the config
	// changes when it does.
	File string
	// Values are as a parser of ours would give them: tables, lists ([]any), strings,
	// numbers, bools. Strings are taken as they are, without ${VAR}.
	Values map[string]any
	// Origins are places by key: "services.web.dir" → ".air.toml:12". They stand for
	// all keys below, too.
	Origins map[string]string
}

// Config is a configuration without a fault.
type Config struct {
	// Dev is about dev as a whole.
	Dev DevOptions

	// Services are in the order in which the files first name them.
	Services []Service
	// Files are all files that were read, with absolute paths: config files,
	// drop-ins and env_files.
	Files []string
	// Warnings tell of settings that have no effect, one line each.
	Warnings []string

	settings []Setting
}

// DevOptions are settings of dev that are about no service of their own.
type DevOptions struct {
	// Browser is where the proxy for browsers listens; zero: there is none.
	Browser listener.Address
	// App is where the proxy sends requests, as host:port. Empty means the first
	// tcp socket.
	App string
	// Clear the terminal before each build.
	Clear bool
}

// Setting is one effective value and where it came from.
type Setting struct {
	Key string
	// Value is a quoted string, a number, or a list in brackets.
	Value string
	// Origin is "default", a place such as "supervisor.toml:12" or
	// "supervisor.toml:30 (profile staging)", a variable, or a flag.
	Origin string
}

// Explain returns every effective value: services in file order, the keys of
// each in the order of Keys. Keys without a value are left out.
func (c *Config) Explain() []Setting { return c.settings }
