package air

import "strings"

// line is a shell line as far as it can be told without a shell.
type line struct {
	// text is the line as it was written.
	text string
	// compound lines hold more than one simple command: pipes, lists, groups,
	// redirections, or a reserved word.
	compound bool
	// env are the assignments before the program: NAME=value.
	env []word
	// words are the program and its arguments.
	words []word
	// start is where in text the program stands, after env.
	start int
}

// word is one after the quotes are gone.
type word struct {
	text string
	// open words hold what only a shell can replace: $NAME, a pattern, a tilde.
	open bool
}

// literal tells whether the line is one command that needs no shell.
func (l line) literal() bool {
	if l.compound || len(l.words) == 0 {
		return false
	}
	for _, w := range append(l.env, l.words...) {
		if w.open {
			return false
		}
	}
	return true
}

func (l line) program() string {
	if len(l.words) == 0 {
		return ""
	}
	return l.words[0].text
}

// executed is the line with an exec before its program, so that no shell is left
// around it.
func (l line) executed() string {
	return strings.TrimSpace(l.text[:l.start] + " exec " + strings.TrimSpace(l.text[l.start:]))
}

// arguments are the texts of the words after the program.
func (l line) arguments() []string {
	var args []string
	for _, w := range l.words[min(1, len(l.words)):] {
		args = append(args, w.text)
	}
	return args
}

// parseLine splits a line by the rules of POSIX's shell, 2.2 Quoting and 2.3 Token
// Recognition. A line that ends within a quote is compound: the shell will complain.
func parseLine(text string) line {
	l := line{text: text}
	s := scanner{rest: text}
	for {
		start := len(text) - len(s.rest)
		w, ok := s.next()
		if !ok {
			break
		}
		if len(l.words) == 0 && assignment(w) {
			l.env = append(l.env, w)
			continue
		}
		if len(l.words) == 0 && reserved(w.text) {
			s.compound = true
		}
		if len(l.words) == 0 {
			l.start = start
		}
		l.words = append(l.words, w)
	}
	l.compound = s.compound
	return l
}

func assignment(w word) bool {
	name, _, ok := strings.Cut(w.text, "=")
	return ok && variable(name)
}

func variable(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

func reserved(s string) bool {
	switch s {
	case "!", "{", "}", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then", "until", "while", "time", "[[", "function":
		return true
	}
	return false
}

// stateful are commands that change the shell itself, so that what follows them
// must run in the same one.
func stateful(s string) bool {
	switch s {
	case ".", "alias", "cd", "eval", "exec", "exit", "export", "popd", "pushd", "read", "readonly", "return", "set", "shift", "shopt", "source", "trap", "ulimit", "umask", "unset":
		return true
	}
	return false
}
