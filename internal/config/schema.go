package config

import (
	"maps"
	"slices"
	"strings"
)

// node is a level of the tree of known keys.
type node struct {
	// below are the next levels by their names. A level with the one name
	// anyName takes every service name.
	below map[string]*node
	// key is set on leaves.
	key *Key
	// apart is a name that is handled apart from the tree, but is known.
	apart string
}

const anyName = "NAME"

func schema() *node {
	root := &node{apart: profilesKey}
	for _, k := range Keys() {
		n := root
		for part := range strings.SplitSeq(k.Name, ".") {
			n = n.descend(part)
		}
		n.key = &k
	}
	return root
}

func (n *node) descend(part string) *node {
	if n.below == nil {
		n.below = map[string]*node{}
	}
	if n.below[part] == nil {
		n.below[part] = &node{}
	}
	return n.below[part]
}

// named tells whether the level below is one of service names.
func (n *node) named() bool { return n.below[anyName] != nil }

// next returns the level below of that name, or the fault of naming it.
func (n *node) next(part string) (*node, *fault) {
	if n.named() {
		if f := badName(part); f != nil {
			return nil, f
		}
		return n.below[anyName], nil
	}
	if below := n.below[part]; below != nil {
		return below, nil
	}
	known := slices.Collect(maps.Keys(n.below))
	f := wrong("can only stand at the top of a file")
	switch {
	case n.apart == "":
		f = unknown("key", part, known)
	case part != n.apart:
		f = unknown("key", part, append(known, n.apart))
	}
	return nil, &f
}

const maxName = 64

func badName(name string) *fault {
	letters := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '-'
	}
	var f fault
	switch {
	case name == "":
		f = wrong("empty service name")
	case len(name) > maxName:
		f = wrong("service name of %d bytes, want at most %d", len(name), maxName)
	case strings.ContainsFunc(name, letters), strings.ContainsAny(name[:1], "_-"):
		f = wrong("bad service name").hinted(`use a-z, 0-9, "_" and "-", first a letter or digit`)
	default:
		return nil
	}
	return &f
}
