package air

import (
	"os"
	"path"
	"strings"
)

// runs is what air would run: full_bin, else entrypoint, else bin.
type runs struct {
	line line
	// path of the program below Dir; "" if it is found on PATH.
	path string
	// said is false if nobody named a program, so that it is air's default.
	said   bool
	origin string
}

// whatRuns finds the program and its arguments. air makes one shell line of all of
// them, without quotes, so that an argument may hold several, or a variable.
func (t *translation) whatRuns() runs {
	rest := strings.Join(t.list("build.args_bin"), " ")
	full, entry := t.text("build.full_bin"), t.list("build.entrypoint")
	switch {
	case full != "":
		return t.fromLine(full, rest)
	case len(entry) > 0:
		rest = strings.TrimSpace(strings.Join(entry[1:], " ") + " " + rest)
		r := t.fromPath(entry[0], rest, t.inRoot)
		r.origin, r.said = t.origin("build.entrypoint"), true
		return r
	}
	r := t.fromPath(t.text("build.bin"), rest, t.relative)
	r.origin, r.said = t.origin("build.bin"), t.said("build.bin")
	return r
}

func (t *translation) fromLine(full, rest string) runs {
	r := runs{origin: t.origin("build.full_bin"), said: true}
	if t.System == "windows" {
		full = t.native(full)
	}
	r.line = unwrapped(parseLine(strings.TrimSpace(full + " " + rest)))
	program := r.line.program()
	if strings.Contains(program, "/") && !r.line.compound {
		r.path = t.relative(program)
	}
	return r
}

// unwrapped is the line within sh -c 'line'.
func unwrapped(l line) line {
	sh := path.Base(l.program()) == "sh"
	if !sh || l.compound || len(l.env) > 0 || len(l.words) != 3 || l.words[1].text != "-c" || l.words[2].open {
		return l
	}
	return parseLine(l.words[2].text)
}

// fromPath reads a program that is a path. Old files have its arguments in the same
// string, which air took until v1.62.
func (t *translation) fromPath(program, rest string, resolve func(string) string) runs {
	program = t.native(program)
	l := parseLine(program)
	if whole := len(l.words) == 1 && len(l.env) == 0 || t.isFile(resolve(program)); whole || l.compound {
		l = parseLine(quote(program))
	}
	r := runs{line: l}
	first := l.program()
	if first != "" && !t.onPath(first) {
		r.path = resolve(first)
		first = local(r.path)
	}
	text := l.text
	if len(l.words) > 0 {
		after, plain := strings.CutPrefix(strings.TrimSpace(l.text[l.start:]), quote(l.program()))
		if plain {
			text = l.text[:l.start] + " " + quote(first) + after
		}
	}
	r.line = parseLine(strings.TrimSpace(text + " " + rest))
	return r
}

// onPath: of entrypoint air looks up bare names, of bin it does not. But "true" and
// "dlv" are never meant to be files of the project.
func (t *translation) onPath(program string) bool {
	if program == "" || strings.Contains(program, "/") {
		return false
	}
	if nothing(program) || debugger(program) {
		return true
	}
	_, err := t.LookPath(program)
	return err == nil && len(t.list("build.entrypoint")) > 0
}

func (t *translation) isFile(p string) bool {
	info, err := os.Stat(t.absolute(p))
	return err == nil && info.Mode().IsRegular()
}

// local is a path as the first word of a command: with a slash, so that it is not
// looked up.
func local(p string) string {
	if strings.Contains(p, "/") {
		return p
	}
	return "./" + p
}

// nothing tells of programs that are named to run none.
func nothing(program string) bool {
	base := path.Base(program)
	return base == "true" || base == ":"
}

func debugger(program string) bool {
	base := strings.TrimSuffix(path.Base(program), ".exe")
	return base == "dlv" || base == "dlv-dap"
}

// script tells whether the program is text, which a build does not make and which
// may look for files beside itself.
func (t *translation) script(p string) bool {
	switch path.Ext(p) {
	case ".sh", ".bash", ".zsh", ".py", ".rb", ".pl", ".js", ".mjs", ".ts", ".php", ".ps1", ".bat", ".cmd":
		return true
	}
	f, err := os.Open(t.absolute(p))
	if err != nil {
		return false
	}
	defer f.Close()
	var head [2]byte
	n, _ := f.Read(head[:]) // an empty file is no script
	return string(head[:n]) == "#!"
}
