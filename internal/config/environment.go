package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
)

// environment is what a service gets, by name.
type environment map[string]located

type located struct {
	value string
	at    place
}

// environment reads env_files in order, then env.
func (r reader) environment() environment {
	e := environment{}
	for i, file := range get[[]string](r, "env_files") {
		r.envFile(e, i, file)
	}
	p := r.path("env")
	table, _ := r.values.Get(p.id()).(map[string]any)
	for name, raw := range table {
		v, ok := raw.(string)
		if at := p.to(name); ok && !r.broken[at.id()] {
			e[name] = located{v, r.place(at)}
		}
	}
	return e
}

func (r reader) envFile(e environment, element int, file string) {
	at := r.at("env_files", strconv.Itoa(element))
	data, f := r.readNamed(file)
	if f != nil {
		r.problems.add(at, fmt.Sprintf("%s[%d]", r.path("env_files"), element), *f)
		return
	}
	variables, bad := parseEnv(string(data))
	if bad != nil {
		r.problems.add(place{rank: at.rank, file: file, line: bad.line}, "", bad.fault)
		return
	}
	for _, v := range variables {
		e[v.name] = located{v.value, place{file: file, line: v.line}}
	}
}

// readNamed reads a file that the config names.
func (r reader) readNamed(file string) ([]byte, *fault) {
	absolute := resolve(r.base, file)
	data, f := r.read(absolute)
	if f != nil && errors.Is(f.cause, fs.ErrNotExist) {
		f.problem += ": " + absolute
	}
	return data, f
}

func (e environment) resolved() []string {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(e)) {
		env = append(env, name+"="+e[name].value)
	}
	return env
}
