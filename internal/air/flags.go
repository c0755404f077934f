package air

import (
	"strconv"
	"strings"
)

// Flag is a key that was set on the command line: --build.cmd "make web" is
// Flag{"build.cmd", "make web"}.
type Flag struct{ Key, Value string }

// IsFlag tells whether air has a flag of that name, written without its dashes. Every
// flag takes a value, true and false included.
func IsFlag(name string) bool {
	k := keyNamed(name)
	return k.Name != "" && k.Type != Rules && k.Type != Platform
}

// decodeFlags gives flags the types of a file. A list has its items between commas;
// a flag of a list that is repeated adds to it.
func decodeFlags(flags []Flag) (table, error) {
	t := table{}
	var p problems
	for _, f := range flags {
		name := "--" + f.Key
		k := keyNamed(f.Key)
		if !IsFlag(f.Key) {
			p.add(&Error{Where: name, Problem: "air has no such flag"})
			continue
		}
		v, ok := k.parse(f.Value)
		if !ok {
			p.add(&Error{Where: name, Problem: "found " + found(f.Value) + ", want " + string(k.Type)})
			continue
		}
		if more, isList := v.([]string); isList {
			before, _ := t[f.Key].v.([]string)
			v = append(before, more...)
		}
		t[f.Key] = value{v, name}
	}
	return t, p.err()
}

func (k Key) parse(s string) (any, bool) {
	switch k.Type {
	case Bool:
		b, err := strconv.ParseBool(s)
		return b, err == nil
	case Number:
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err == nil
	case Grace:
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return grace(n)
		}
		return grace(s)
	case Strings, Words:
		if s == "" {
			return []string{}, true
		}
		return strings.Split(s, ","), true
	}
	return s, true
}
