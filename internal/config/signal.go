package config

import (
	"maps"
	"slices"
	"strings"
	"syscall"
)

// signal takes a name with or without SIG, in any case. The one that is chosen for
// the service is 0.
func (k Key) signal(s string) (syscall.Signal, *fault) {
	if slices.Contains(k.Choices, s) {
		return 0, nil
	}
	known := signals()
	if signal, ok := known[strings.TrimPrefix(strings.ToUpper(s), "SIG")]; ok {
		return signal, nil
	}
	names := slices.Sorted(maps.Keys(known))
	f := k.mismatch(s).hinted("known: %s", strings.Join(names, ", "))
	return 0, &f
}
