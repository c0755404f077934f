package config

import (
	"cmp"
	"slices"
	"strings"
)

const servicesKey = "services"

// first is where a service is first named.
type first struct {
	name string
	at   place
}

// firsts lists the services of all layers, in the order in which they appear.
func (l *loader) firsts() []first {
	found := map[string]place{}
	for _, layer := range l.layers {
		services, _ := layer.tree[servicesKey].(map[string]any)
		for name := range services {
			at := layer.place(path{servicesKey, name})
			if earlier, ok := found[name]; !ok || at.compare(earlier) < 0 {
				found[name] = at
			}
		}
	}
	var all []first
	for name, at := range found {
		all = append(all, first{name, at})
	}
	slices.SortFunc(all, func(a, b first) int {
		return cmp.Or(a.at.compare(b.at), cmp.Compare(a.name, b.name))
	})
	return all
}

func (l *loader) names() []string {
	var names []string
	for _, f := range l.firsts() {
		names = append(names, f.name)
	}
	return names
}

func (l *loader) defaultsBelow(layer *layer, base path) {
	for key, k := range keysBelow(base) {
		if v := k.value(l.Mode); v != nil {
			layer.put(base.to(strings.Split(key, ".")...), v, layer.source)
		}
	}
}

// defaults makes the lowest layer: what every service has.
func (l *loader) defaults(names []string) *layer {
	layer := newTopLayer(0)
	layer.source.file = "default"
	for _, name := range names {
		l.defaultsBelow(layer, path{servicesKey, name})
	}
	l.defaultsBelow(layer, path{devKey})
	return layer
}
