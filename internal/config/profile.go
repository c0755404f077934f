package config

import (
	"maps"
	"slices"
	"strings"
)

const (
	profilesKey     = "profiles"
	profileVariable = "SUPERVISOR_PROFILE"
	profileFlag     = "--profile"
)

// split takes the profiles out of a file's layer and makes a layer of each.
func (l *loader) split(base *layer) []*layer {
	all, there := base.tree[profilesKey]
	if !there {
		return nil
	}
	delete(base.tree, profilesKey)
	at := path{profilesKey}
	tables, ok := all.(map[string]any)
	if !ok && all != nil {
		l.problems.add(base.place(at), at.String(), wrong("found %s, want a table", found(all)))
	}
	var layers []*layer
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		layers = append(layers, l.profile(base, at.to(name), tables[name]))
	}
	return layers
}

func (l *loader) profile(base *layer, above path, v any) *layer {
	tree, ok := v.(map[string]any)
	if !ok && v != nil {
		l.problems.add(base.place(above), above.String(), wrong("found %s, want a table", found(v)))
	}
	places := map[string]place{}
	for id, at := range base.places {
		at.profile = above[1]
		places[id] = at
	}
	source := base.source
	source.profile = above[1]
	return &layer{tree: tree, above: above, source: source, places: places}
}

// choose puts the layers of the chosen profile on top of the files, and checks
// the others, so that a slip in one is seen before the day it is needed.
func (l *loader) choose(profiles []*layer) {
	name, at := l.Profile, place{file: profileFlag}
	if name == "" {
		name, at.file = l.vars[profileVariable], profileVariable
	}
	services := l.names()
	var known []string
	for _, p := range profiles {
		l.spread(p, services)
		known = append(known, p.above[1])
		if p.above[1] == name {
			l.layers = append(l.layers, p)
		} else {
			broken := l.broken
			l.broken = map[string]bool{}
			l.check(p)
			l.broken = broken
		}
	}
	if name != "" && !slices.Contains(known, name) {
		l.problems.add(at, "", unknownProfile(name, known))
	}
}

func unknownProfile(name string, known []string) fault {
	f := wrong("unknown profile %q", shorten(name))
	if len(known) == 0 {
		return f.hinted("no file has a profile")
	}
	slices.Sort(known)
	return f.hinted("known: %s", strings.Join(slices.Compact(known), ", "))
}
