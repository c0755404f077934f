package config

import (
	"slices"
	"strings"
)

// unknown is the fault of a word that is not among the known ones.
func unknown(what, word string, known []string) fault {
	known = slices.Sorted(slices.Values(known))
	f := wrong("unknown %s", what)
	if near, ok := nearest(word, known); ok {
		return f.hinted("did you mean %q?", near)
	}
	return f.hinted("known: %s", strings.Join(known, ", "))
}

// nearest returns the known word that a slip of the fingers turns into word.
func nearest(word string, known []string) (string, bool) {
	best, found := "", false
	limit := max(1, (len(word)+1)/3)
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k), limit); d <= limit {
			best, found = k, true
			limit = d - 1
		}
	}
	return best, found
}

// distance is how many letters must be added, dropped, replaced, or swapped
// with their neighbour, to get from a to b (optimal string alignment). Once it
// is clear that it is more than limit, any number above limit is returned.
func distance(a, b string, limit int) int {
	if max(len(a), len(b))-min(len(a), len(b)) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
