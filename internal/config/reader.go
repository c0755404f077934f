package config

import (
	"iter"
	"slices"
	"strings"
)

const (
	devKey   = "dev"
	rulesKey = "rules"
)

// keysBelow are the keys that stand right below base, by their names from there
// ("ready.by"), in the order of Keys.
func keysBelow(base path) iter.Seq2[string, Key] {
	return func(yield func(string, Key) bool) {
		for _, k := range Keys() {
			name, below := cutBase(k.Name, base)
			if below && !strings.Contains("."+name+".", "."+anyName+".") && !yield(name, k) {
				return
			}
		}
	}
}

// cutBase takes base, in which any name may stand for NAME, off a key's name.
func cutBase(name string, base path) (string, bool) {
	parts := strings.Split(name, ".")
	if len(parts) <= len(base) {
		return "", false
	}
	for i, part := range base {
		if parts[i] != anyName && parts[i] != part {
			return "", false
		}
	}
	return strings.Join(parts[len(base):], "."), true
}

// reader reads the merged values below root, and reports what is wrong
// between them.
type reader struct {
	*loader
	merged
	root    path
	keys    map[string]Key
	service first // whose values they are; no name: nobody's
}

func (l *loader) reader(m merged, root path, at place) reader {
	r := reader{l, m, root, map[string]Key{}, first{at: at}}
	for name, k := range keysBelow(root) {
		r.keys[name] = k
	}
	return r
}

func (l *loader) serviceReader(m merged, service first) reader {
	r := l.reader(m, path{servicesKey, service.name}, service.at)
	r.service = service
	return r
}

// path of a key below root, which is written with dots.
func (r reader) path(key string, more ...string) path {
	return r.root.to(strings.Split(key, ".")...).to(more...)
}

// get is zero if the key has no value, or a fault that was reported.
func get[T any](r reader, key string) T {
	var zero T
	p := r.path(key)
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
		p := r.path(key)
		for n := range p {
			if r.broken[p[:n+1].id()] {
				return true
			}
		}
		return false
	})
}

// isBrokenBelow tells whether a fault of anything below root was reported already.
func (r reader) isBrokenBelow() bool {
	for id := range r.broken {
		if strings.HasPrefix(id, r.root.id()+separator) {
			return true
		}
	}
	return false
}

// firstPlace is where a file first names root.
func (r reader) firstPlace() place {
	for _, layer := range r.layers {
		if at, ok := layer.places[layer.above.to(r.root...).id()]; ok {
			return at
		}
	}
	return r.service.at
}

// isSet tells whether anybody but the defaults set the key.
func (r reader) isSet(key string) bool {
	owner := r.owner[r.path(key).id()]
	return owner != nil && owner.source.rank > 0
}

// at is where the key or an element of it was set, or else the service.
func (r reader) at(key string, parts ...string) place {
	p := r.path(key)
	if owner := r.owner[p.id()]; owner != nil && owner.source.rank > 0 {
		return owner.place(p.to(parts...))
	}
	return r.service.at
}

func (r reader) report(key string, f fault) {
	r.problems.add(r.at(key), r.path(key).String(), f)
}
