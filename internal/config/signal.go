package config

import (
	"maps"
	"slices"
	"strings"
	"syscall"
)

// signal takes a name with or without SIG, in any case.
func (k Key) signal(s string) (syscall.Signal, *fault) {
	known := signals()
	if signal, ok := known[strings.TrimPrefix(strings.ToUpper(s), "SIG")]; ok {
		return signal, nil
	}
	names := slices.Sorted(maps.Keys(known))
	f := k.mismatch(s).hinted("known: %s", strings.Join(names, ", "))
	return 0, &f
}
