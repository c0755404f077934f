package config

import "strings"

// spelling is how a flag or a variable writes a path.
type spelling struct {
	separator string
	fold      func(string) string
}

// resolve finds the key that parts lead to, or reports that there is none.
// What comes after a table of strings is one name, separators included.
func (l *loader) resolve(parts []string, s spelling, at place) (path, *Key) {
	var p path
	n := schema()
	for i, part := range parts {
		p = p.to(s.fold(part))
		below, f := n.next(p[i])
		if f != nil {
			l.problems.add(at, p.String(), *f)
			return nil, nil
		}
		if n = below; n.key != nil {
			return l.remainder(p, n.key, parts[i+1:], s, at)
		}
	}
	l.problems.add(at, p.String(), wrong("found a value, want a key below it"))
	return nil, nil
}

func (l *loader) remainder(p path, k *Key, parts []string, s spelling, at place) (path, *Key) {
	switch {
	case k.Type == Table && len(parts) > 0:
		return p.to(strings.Join(parts, s.separator)), k
	case len(parts) > 0:
		l.problems.add(at, p.to(parts...).String(), wrong("unknown key").hinted("%s takes %s", p, k.Allowed()))
		return nil, nil
	default:
		return p, k
	}
}
