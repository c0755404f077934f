package rebuild

import (
	"bytes"
	"io"
)

// longestLine is where a line without end is cut, in bytes.
const longestLine = 64 << 10

// lines hands on whole lines, one Write for each. Its Write never fails:
// a command must not be stopped because its output cannot be shown.
type lines struct {
	to   io.Writer
	part []byte // the beginning of a line, shorter than longestLine
}

func (l *lines) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := bytes.IndexByte(rest, '\n') + 1
		whole := n > 0
		if !whole {
			n = len(rest)
		}
		if room := longestLine - len(l.part); n > room {
			n, whole = room, false
		}
		l.part, rest = append(l.part, rest[:n]...), rest[n:]
		if whole || len(l.part) == longestLine {
			l.flush()
		}
	}
	return len(p), nil
}

// flush hands on what is left, as a line.
func (l *lines) flush() {
	if len(l.part) == 0 {
		return
	}
	if l.part[len(l.part)-1] != '\n' {
		l.part = append(l.part, '\n')
	}
	l.to.Write(l.part)
	l.part = l.part[:0]
}
