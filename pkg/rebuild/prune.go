package rebuild

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
)

func (s store) prune(keep int, inUse []string) error {
	all, err := s.list()
	if err != nil {
		return err
	}
	idle := slices.DeleteFunc(all, func(a Artifact) bool { return slices.Contains(inUse, a.Hash) })
	// First those that one can go back to: builds that never served must not take
	// their place.
	slices.SortStableFunc(idle, func(a, b Artifact) int { return b.Served.Compare(a.Served) })
	var errs []error
	for _, a := range idle[min(keep, len(idle)):] {
		errs = append(errs, s.remove(a))
	}
	return errors.Join(errs...)
}

func (s store) remove(a Artifact) error {
	if err := os.Remove(a.Path); err != nil {
		return err
	}
	if err := s.records().forget(a.Hash); err != nil {
		return err
	}
	// Fails, as it should, if the same content is there under another name.
	os.Remove(filepath.Dir(a.Path))
	return nil
}
