package config

import (
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"
)

// merged is all layers as one.
type merged struct {
	values *koanf.Koanf
	// owner is the layer that a value comes from, by the value's id.
	owner map[string]*layer
}

// merge puts layers on top of each other, the lowest first.
func merge(layers []*layer) (merged, error) {
	m := merged{koanf.New(separator), map[string]*layer{}}
	for _, l := range layers {
		if err := m.values.Load(confmap.Provider(l.tree, ""), nil); err != nil {
			return m, err
		}
		m.own(l, nil, l.tree)
	}
	return m, nil
}

func (m merged) own(l *layer, p path, tree map[string]any) {
	for name, v := range tree {
		if below, ok := v.(map[string]any); ok {
			m.own(l, p.to(name), below)
		} else {
			m.owner[p.to(name).id()] = l
		}
	}
}

func (m merged) place(p path) place { return m.owner[p.id()].place(p) }
