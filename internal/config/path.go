package config

import (
	"slices"
	"strconv"
	"strings"
)

// path is a key as its parts.
type path []string

// separator joins parts where a path has to be one string. A key from a file
// may hold any other byte, dots included; check refuses keys with this one.
const separator = "\x00"

func (p path) id() string { return strings.Join(p, separator) }

func pathFrom(id string) path { return strings.Split(id, separator) }

// to never shares memory with p, so that siblings can be made from one p.
func (p path) to(parts ...string) path { return append(slices.Clip(p), parts...) }

// String writes the path as TOML would.
func (p path) String() string {
	parts := make([]string, len(p))
	for i, part := range p {
		parts[i] = part
		if !bare(part) {
			parts[i] = strconv.Quote(part)
		}
	}
	return strings.Join(parts, ".")
}

// bare tells whether TOML allows the key without quotes.
func bare(key string) bool {
	notBare := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	}
	return key != "" && !strings.ContainsFunc(key, notBare)
}
