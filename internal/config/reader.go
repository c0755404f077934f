package config

import (
	"iter"
	"slices"
	"strings"
)

// serviceKeys are all keys by their names within a service ("ready.by"), in
// the order of Keys.
func serviceKeys() iter.Seq2[string, Key] {
	return func(yield func(string, Key) bool) {
		for _, k := range Keys() {
			if !yield(strings.TrimPrefix(k.Name, servicesKey+"."+anyName+"."), k) {
				return
			}
		}
	}
}

func pathOf(service, key string) path {
	return path{servicesKey, service}.to(strings.Split(key, ".")...)
}

// reader reads the merged values of one service, and reports what is wrong
// between them.
type reader struct {
	*loader
	merged
	keys    map[string]Key
	service first
}

func (l *loader) reader(m merged, service first) reader {
	r := reader{l, m, map[string]Key{}, service}
	for name, k := range serviceKeys() {
		r.keys[name] = k
	}
	return r
}

// get is zero if the key has no value, or a fault that was reported.
func get[T any](r reader, key string) T {
	var zero T
	p := pathOf(r.service.name, key)
	raw := r.values.Get(p.id())
	if raw == nil || r.broken[p.id()] {
		return zero
	}
	decoded, _ := r.keys[key].decode(raw)
	v, _ := decoded.(T)
	return v
}

// isBroken tells whether a fault of a key, or of a table that it is in, was
// reported already, so that what follows from it is none of its own.
func (r reader) isBroken(keys ...string) bool {
	return slices.ContainsFunc(keys, func(key string) bool {
		p := pathOf(r.service.name, key)
		for n := range p {
			if r.broken[p[:n+1].id()] {
				return true
			}
		}
		return false
	})
}

// isSet tells whether anybody but the defaults set the key.
func (r reader) isSet(key string) bool {
	owner := r.owner[pathOf(r.service.name, key).id()]
	return owner != nil && owner.source.rank > 0
}

// at is where the key or an element of it was set, or else the service.
func (r reader) at(key string, parts ...string) place {
	p := pathOf(r.service.name, key)
	if owner := r.owner[p.id()]; owner != nil && owner.source.rank > 0 {
		return owner.place(p.to(parts...))
	}
	return r.service.at
}

func (r reader) report(key string, f fault) {
	r.problems.add(r.at(key), pathOf(r.service.name, key).String(), f)
}
