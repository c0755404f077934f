package rebuild

import (
	"fmt"
	"slices"
	"strings"
)

// steadyID is the build ID of executables that are made fast. The go command's
// own is a hash of all inputs and of the executable: it would differ where
// nothing else does, and takes reading and writing the executable once more. It
// must not be empty: macOS starts nothing without the UUID that is made of it.
const steadyID = "supervisor"

// goFlag is a flag of the go command with its value.
type goFlag struct{ name, value string }

// splitFlags tells flags from their values. Flags without a value must be known
// for that; these are all that go build has.
func splitFlags(flags []string) []goFlag {
	alone := []string{"a", "n", "v", "x", "i", "race", "msan", "asan", "cover", "work", "json", "linkshared", "modcacherw", "trimpath", "buildvcs"}
	var all []goFlag
	for i := 0; i < len(flags); i++ {
		name, value, joined := strings.Cut(strings.TrimLeft(flags[i], "-"), "=")
		if !joined && !slices.Contains(alone, name) && i+1 < len(flags) {
			i++
			value = flags[i]
		}
		all = append(all, goFlag{name: name, value: value})
	}
	return all
}

// has reports whether one of the flags has the name.
func hasFlag(flags []goFlag, name string) bool {
	return slices.ContainsFunc(flags, func(f goFlag) bool { return f.name == name })
}

// fastFlags are the flags of go build for a fast build: the user's, and those
// that save time unless the user said otherwise. goflags are those of GOFLAGS,
// which the user's and ours overrule.
func fastFlags(flags, goflags []string, debug bool) []string {
	own, all := splitFlags(flags), splitFlags(slices.Concat(goflags, flags))
	var more []string
	if !hasFlag(all, "buildvcs") {
		more = append(more, "-buildvcs=false") // as go run
	}
	switch {
	case !hasFlag(all, "ldflags"):
		more = append(more, "-ldflags="+linkerFlags(debug))
	case hasFlag(own, "ldflags"):
		return append(more, withSteadyID(flags)...)
	}
	return append(more, flags...)
}

func linkerFlags(debug bool) string {
	if debug {
		return "-buildid=" + steadyID
	}
	return "-s -w -buildid=" + steadyID
}

// withSteadyID adds the build ID to the last of the user's -ldflags, which is
// the one that counts. If that is for some packages only, as in PATTERN=FLAGS,
// it is left as it is.
func withSteadyID(flags []string) []string {
	flags = slices.Clone(flags)
	for i, flag := range slices.Backward(flags) {
		name, value, joined := strings.Cut(strings.TrimLeft(flag, "-"), "=")
		if name != "ldflags" || !strings.HasPrefix(flag, "-") {
			continue
		}
		if !joined && i+1 < len(flags) {
			value = flags[i+1]
		}
		value = strings.TrimSpace(value)
		if value != "" && value[0] != '-' {
			return flags
		}
		if value = strings.TrimSpace(value + " -buildid=" + steadyID); joined {
			flags[i] = "-ldflags=" + value
		} else {
			flags[i+1] = value
		}
		return flags
	}
	return flags
}

// checkReplayable returns why a build with these flags cannot be done without
// the go command. What is allowed here is known to change the steps in ways that
// a trace shows, or not at all.
func checkReplayable(flags []string) error {
	for _, f := range splitFlags(flags) {
		switch f.name {
		case "tags", "mod", "p", "trimpath":
		case "buildvcs":
			if f.value != "false" {
				return fmt.Errorf("flag -buildvcs=%s: what git says changes with each commit", f.value)
			}
		case "gcflags", "asmflags":
			if strings.ContainsAny(f.value, `/\`) {
				return fmt.Errorf("flag -%s=%s names a file", f.name, f.value)
			}
		case "ldflags":
			if strings.Contains(f.value, "-ext") || strings.Contains(f.value, "-linkmode") {
				return fmt.Errorf("flag -ldflags=%s: another linker has a say", f.value)
			}
		default:
			return fmt.Errorf("flag -%s", f.name)
		}
	}
	return nil
}
