package air

import (
	"slices"
	"strings"
)

// endless tells whether the build command goes on for ever, as far as its words show.
// All others have build.timeout.
func (t *translation) endless(c builds, r runs) bool {
	last := parseLine(c.text)
	if len(c.steps) > 0 {
		last = parseLine(c.steps[len(c.steps)-1])
	} else if strings.ContainsAny(c.text, "&;\n") {
		return false // a watcher in the background, perhaps
	}
	args := last.arguments()
	switch {
	case watcher(last):
		return true
	case debugger(last.program()):
		return len(args) > 0 && slices.Contains([]string{"debug", "exec", "test", "dap"}, args[0])
	case last.program() == "go" && len(args) > 1 && args[0] == "run":
		tool := strings.Contains(strings.Join(args, " "), "@")
		return !tool && (!r.said || nothing(r.line.program()))
	}
	return false
}

// watcher tells whether the words of a command say that it watches by itself.
func watcher(l line) bool {
	if slices.Contains([]string{"npm", "pnpm", "yarn", "bun"}, l.program()) {
		args := l.arguments()
		return len(args) > 0 && args[len(args)-1] == "watch"
	}
	return slices.ContainsFunc(l.words, func(w word) bool {
		return w.text == "--watch" || w.text == "-watch" || strings.HasPrefix(w.text, "--watch=") && w.text != "--watch=false"
	})
}
