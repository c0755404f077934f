package air

import (
	"reflect"
	"strings"
	"time"
)

// settings are all values that count: those of a file over the defaults, those of
// the system's own table over these, and flags on top.
type settings struct {
	table
	system string
}

func merge(f *File, flags []Flag, system string) (settings, error) {
	s := settings{table{}, system}
	if f != nil {
		s.layer(f.top, "", true)
		s.layer(f.platforms[system], "build.", false)
	}
	given, err := decodeFlags(flags)
	s.layer(given, "", false)
	return s, err
}

// layer puts values on top. Zero values of a file mean the default where air merges
// so; an empty text of a platform's table means what the file says.
func (s settings) layer(t table, prefix string, file bool) {
	for name, v := range t {
		k := keyNamed(prefix + name)
		switch {
		case file && k.ZeroIsDefault && isZero(v.v):
		case prefix != "" && v.v == "":
		default:
			s.table[prefix+name] = v
		}
	}
}

func keyNamed(name string) Key {
	for _, k := range Keys() {
		if k.Name == name {
			return k
		}
	}
	return Key{}
}

func isZero(v any) bool { return reflect.ValueOf(v).IsZero() }

// get is the value that counts; it may be a default.
func (s settings) get(name string) any {
	if v, ok := s.table[name]; ok {
		return v.v
	}
	switch name {
	case "build.cmd":
		return defaultCmd(s.system)
	case "build.bin":
		return defaultBin(s.system)
	}
	return keyNamed(name).Default
}

func (s settings) list(name string) []string       { v, _ := s.get(name).([]string); return v }
func (s settings) yes(name string) bool            { v, _ := s.get(name).(bool); return v }
func (s settings) number(name string) int64        { v, _ := s.get(name).(int64); return v }
func (s settings) grace(name string) time.Duration { v, _ := s.get(name).(time.Duration); return v }

// text is trimmed: a shell does not see the space around a line.
func (s settings) text(name string) string {
	v, _ := s.get(name).(string)
	return strings.TrimSpace(v)
}

// said tells whether anybody set the key to something else than the default.
func (s settings) said(name string) bool {
	v, ok := s.table[name]
	if d := keyNamed(name).Default; ok && d != nil {
		return !reflect.DeepEqual(v.v, d)
	}
	return ok && !isZero(v.v)
}

// origin is where the first of the keys that was set stands.
func (s settings) origin(names ...string) string {
	for _, name := range names {
		if v, ok := s.table[name]; ok {
			return v.origin
		}
	}
	return ""
}

func (t table) text(name string) string   { v, _ := t[name].v.(string); return strings.TrimSpace(v) }
func (t table) list(name string) []string { v, _ := t[name].v.([]string); return v }
