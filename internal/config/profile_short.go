package config

import (
	"maps"
	"slices"
	"strings"
)

// spread gives what a profile says without naming a service to each service: the
// table "build" below profiles.NAME is one of services.SERVICE for all of them.
// What a profile says of one service is above that.
func (l *loader) spread(profile *layer, services []string) {
	top := schema()
	keys := top.below[servicesKey].below[anyName]
	short := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(profile.tree)) {
		if top.below[name] != nil || name == top.apart {
			continue
		}
		value := profile.tree[name]
		delete(profile.tree, name)
		if keys.below[name] == nil {
			known := slices.Concat(slices.Collect(maps.Keys(top.below)), slices.Collect(maps.Keys(keys.below)))
			l.problems.add(profile.place(path{name}), profile.above.to(name).String(), unknown("key", name, known))
			continue
		}
		faults := len(l.problems.found)
		c := checker{profile, l.vars, &l.problems, map[string]bool{}}
		c.table(keys, nil, map[string]any{name: value})
		if len(l.problems.found) == faults {
			short[name] = value
		}
	}
	if len(short) == 0 || len(services) == 0 {
		return
	}
	tables := profile.table(servicesKey)
	if tables == nil {
		return // a fault that check reports
	}
	for _, service := range services {
		profile.placeLong(service, short)
		own, ok := tables[service].(map[string]any)
		if ok || tables[service] == nil {
			tables[service] = over(short, own)
		}
	}
}

// table returns the table of that name at the top, made if need be, or nil if
// something else stands there.
func (l *layer) table(name string) map[string]any {
	if l.tree[name] == nil {
		l.tree[name] = map[string]any{}
	}
	table, _ := l.tree[name].(map[string]any)
	return table
}

// over puts the table high on top of low and leaves both as they are.
func over(low, high map[string]any) map[string]any {
	merged := maps.Clone(low)
	for name, v := range high {
		below, isTable := merged[name].(map[string]any)
		if above, both := v.(map[string]any); both && isTable {
			v = over(below, above)
		}
		merged[name] = v
	}
	return merged
}

// placeLong has messages name the place of a short key where the long one stands for it.
func (l *layer) placeLong(service string, short map[string]any) {
	for id, at := range maps.Clone(l.places) {
		rest, ours := strings.CutPrefix(id, l.above.id()+separator)
		if !ours {
			continue
		}
		p := pathFrom(rest)
		if _, is := short[p[0]]; !is {
			continue
		}
		long := l.above.to(servicesKey, service).to(p...).id()
		if _, explicit := l.places[long]; !explicit {
			l.places[long] = at
		}
	}
}
