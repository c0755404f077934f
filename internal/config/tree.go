package config

import (
	"strconv"
	"strings"
)

// addTrees makes a layer of each tree.
func (l *loader) addTrees() {
	for _, t := range l.Trees {
		source := place{rank: l.nextRank(), file: t.File}
		layer := &layer{tree: t.Values, source: source, places: map[string]place{}, literal: true}
		for key, origin := range t.Origins {
			layer.places[path(strings.Split(key, ".")).id()] = placeOf(origin, source.rank)
		}
		l.layers = append(l.layers, layer)
		l.files = append(l.files, l.absolute(t.File))
	}
}

// placeOf reads FILE:LINE.
func placeOf(origin string, rank int) place {
	at := place{rank: rank, file: origin}
	if cut := strings.LastIndexByte(origin, ':'); cut >= 0 {
		if line, err := strconv.Atoi(origin[cut+1:]); err == nil {
			at.file, at.line = origin[:cut], line
		}
	}
	return at
}
