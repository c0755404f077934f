package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checker goes through a layer, reports its faults and makes a clean one.
type checker struct {
	layer    *layer
	vars     map[string]string
	problems *problems
	// broken are keys that a fault was found in, by id.
	broken map[string]bool
}

func (c *checker) report(p path, f fault) {
	c.broken[p.id()] = true
	key, at := c.layer.above.to(p...).String(), c.layer.place(p)
	if f.element != whole {
		key = fmt.Sprintf("%s[%d]", key, f.element)
		at = c.layer.place(p.to(fmt.Sprint(f.element)))
	}
	c.problems.add(at, key, f)
}

// table returns tree, which is p, without what is wrong, and with ${VAR}
// expanded.
func (c *checker) table(n *node, p path, tree map[string]any) map[string]any {
	clean := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		at := p.to(name)
		below, f := n.next(name)
		switch {
		case f != nil:
			c.report(at, *f)
		case below.key != nil && below.key.Type != Table:
			c.leaf(*below.key, at, tree[name], clean)
		default:
			c.below(below, at, tree[name], clean)
		}
	}
	return clean
}

// below adds v, which is p and has to be a table, to clean. A table without
// anything in it is nil in YAML.
func (c *checker) below(n *node, p path, v any, clean map[string]any) {
	name := p[len(p)-1]
	tree, ok := v.(map[string]any)
	switch {
	case !ok && v != nil && n.key != nil:
		c.report(p, *n.key.mismatch(v))
	case !ok && v != nil:
		c.report(p, wrong("found %s, want a table", found(v)))
	case n.key != nil:
		clean[name] = c.variables(p, tree)
	default:
		clean[name] = c.table(n, p, tree)
	}
}

// variables returns the table of strings p without what is wrong.
func (c *checker) variables(p path, tree map[string]any) map[string]any {
	clean := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		if name == "" || strings.ContainsAny(name, "=\x00") {
			c.report(p.to(name), wrong("%s is no name for a variable", found(name)))
			continue
		}
		c.leaf(Key{Type: Text}, p.to(name), tree[name], clean)
	}
	return clean
}

// leaf adds v, which is p, to clean, unless it is bad.
func (c *checker) leaf(k Key, p path, v any, clean map[string]any) {
	name := p[len(p)-1]
	if !c.layer.literal {
		expanded, f := expandValue(v, c.vars)
		if f != nil {
			c.layer.unset[p.id()] = *f
			clean[name] = v
			return
		}
		v = expanded
	}
	if _, faults := k.decode(v); faults != nil {
		for _, f := range faults {
			c.report(p, f)
		}
		return
	}
	clean[name] = v
}
