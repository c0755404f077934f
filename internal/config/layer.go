package config

// layer is one source of values: a file, a profile, all variables, all flags.
type layer struct {
	// tree starts at "services".
	tree map[string]any
	// above is what messages put before a key: "profiles", "staging".
	above path
	// source is where a value is if places does not know better.
	source place
	// places are by the id of a path, above included.
	places map[string]place
	// literal values are taken as they are, with no ${VAR} in them.
	literal bool
	// unset are the leaves, by id, that name a variable that is not set. It
	// is a fault only where no higher layer sets the leaf.
	unset map[string]fault
}

// place is where p is, or the nearest table above it.
func (l *layer) place(p path) place {
	full := l.above.to(p...)
	for n := len(full); n > 0; n-- {
		if at, ok := l.places[full[:n].id()]; ok {
			return at
		}
	}
	return l.source
}

// put sets a value of a layer that is made key by key.
func (l *layer) put(p path, v any, at place) {
	table := l.tree
	for i, part := range p {
		if _, known := l.places[p[:i+1].id()]; !known {
			l.places[p[:i+1].id()] = at
		}
		if i == len(p)-1 {
			table[part] = v
			return
		}
		below, ok := table[part].(map[string]any)
		if !ok {
			below = map[string]any{}
			table[part] = below
		}
		table = below
	}
}
