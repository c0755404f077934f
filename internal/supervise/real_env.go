package supervise

import (
	"os"
	"strconv"
	"strings"

	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// environment is ours, less what a supervisor of ours said to us, with the
// service's and more on top. Each name stands once: which of two counts is not
// the same in every language.
func environment(s Service, mainPID int, more ...string) []string {
	all := handoff.StripEnv(os.Environ())
	if s.Login != nil {
		all = append(stripUser(all), s.Login...)
	}
	all = append(all, s.Env...)
	all = append(all, "SUPERVISOR_SERVICE="+s.Name)
	if mainPID != 0 {
		all = append(all, "MAINPID="+strconv.Itoa(mainPID))
	}
	return lastOfEach(append(all, more...))
}

func lastOfEach(env []string) []string {
	at := map[string]int{}
	var kept []string
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		name = variable(name)
		if i, ok := at[name]; ok {
			kept[i] = kv
			continue
		}
		at[name] = len(kept)
		kept = append(kept, kv)
	}
	return kept
}

func lookup(env []string, name string) string {
	for _, kv := range env {
		if key, value, _ := strings.Cut(kv, "="); variable(key) == variable(name) {
			return value
		}
	}
	return ""
}
