package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/config"
)

func checkConfig(f Facts) []Finding {
	switch {
	case f.ConfigErr != nil && len(f.Files) == 0 && !isFault(f.ConfigErr):
		return []Finding{warn("config", "%v", f.ConfigErr).
			because("supervisor alone cannot tell what to run here").mended("supervisor init")}
	case f.ConfigErr != nil:
		return faults(f.ConfigErr)
	case f.Config == nil:
		return nil
	}
	all := []Finding{fine("config", "%s", sourceOf(f))}
	for _, w := range f.Config.Warnings {
		all = append(all, warn("config", "%s", w).because("what the config says there has no effect").mended("supervisor config --dev"))
	}
	return all
}

func sourceOf(f Facts) string {
	from := "no file is needed"
	if len(f.Files) > 0 {
		from = strings.Join(f.Files, ", ")
	}
	names := make([]string, len(f.Config.Services))
	for i, s := range f.Config.Services {
		names[i] = s.Name
	}
	return fmt.Sprintf("%s: runs %s", from, strings.Join(names, ", "))
}

func isFault(err error) bool {
	_, ok := errors.AsType[*config.Error](err)
	return ok
}

// faults has one finding for each of the errors that were joined.
func faults(err error) (all []Finding) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			all = append(all, faults(e)...)
		}
		return all
	}
	found := problem("config", "%s", strings.TrimPrefix(err.Error(), "cannot load config: ")).
		because("nothing starts with this config, and a supervisor that runs keeps the one before")
	e, ok := errors.AsType[*config.Error](err)
	switch {
	case !ok:
	case e.Line > 0:
		found.Mend = editAt(e.File, e.Line)
	case errors.Is(e, fs.ErrNotExist):
		found.Mend = "supervisor init"
	case strings.HasPrefix(e.File, "SUPERVISOR_"):
		found.Mend = "unset " + e.File
	}
	return []Finding{found}
}

func editAt(file string, line int) string {
	return fmt.Sprintf("${EDITOR:-vi} +%d %s", line, quote(file))
}

// quote makes one word of s for a shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%,=", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
