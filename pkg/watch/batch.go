package watch

import "slices"

// merge returns what both batches amount to for one who has seen neither: a file created and then removed has
// not changed at all, so the result may be empty.
func merge(a, b Batch) Batch {
	if len(a.Changes) == 0 {
		return b
	}
	ops := make(map[string]Op, len(a.Changes)+len(b.Changes))
	for _, c := range a.Changes {
		ops[c.Path] = c.Op
	}
	for _, c := range b.Changes {
		if op := compose(ops[c.Path], c.Op); op != 0 {
			ops[c.Path] = op
		} else {
			delete(ops, c.Path)
		}
	}
	return Batch{Changes: changes(ops), First: a.First}
}

// compose returns what two operations on one file amount to; 0 is no operation.
func compose(first, second Op) Op {
	switch {
	case first == Created && second == Removed:
		return 0
	case first == Created:
		return Created
	case first == Removed && second == Created:
		return Modified
	}
	return second
}

func changes(ops map[string]Op) []Change {
	list := make([]Change, 0, len(ops))
	for path, op := range ops {
		list = append(list, Change{path, op})
	}
	slices.SortFunc(list, func(a, b Change) int {
		if a.Path < b.Path {
			return -1
		}
		return 1
	})
	return list
}
