package air

import "strings"

// scanner takes words off a shell line.
type scanner struct {
	rest     string
	compound bool
}

// next returns false at the end of the line.
func (s *scanner) next() (w word, ok bool) {
	var b strings.Builder
	for s.rest != "" {
		c := s.rest[0]
		switch {
		case strings.HasPrefix(s.rest, "\\\n"):
			s.rest = s.rest[2:]
			continue
		case ok && strings.IndexByte(" \t\r\n|&;<>()", c) >= 0:
			w.text = b.String()
			return w, true
		case c == ' ' || c == '\t' || c == '\r':
			s.rest = s.rest[1:]
			continue
		case c == '#' && !ok: // a comment, up to the end of its line
			end := strings.IndexByte(s.rest+"\n", '\n')
			s.rest = s.rest[end:]
			continue
		case c == '\n':
			s.rest = strings.TrimSpace(s.rest)
			s.compound = s.compound || s.rest != ""
			continue
		case strings.IndexByte("|&;<>()", c) >= 0:
			s.compound = true
			s.rest = s.rest[1:]
			continue
		}
		ok = true
		s.piece(c, &w, &b)
	}
	w.text = b.String()
	return w, ok
}

// piece takes one character or one quoted string.
func (s *scanner) piece(c byte, w *word, b *strings.Builder) {
	s.rest = s.rest[1:]
	switch c {
	case '\\':
		if s.rest == "" {
			b.WriteByte('\\')
			return
		}
		b.WriteByte(s.rest[0])
		s.rest = s.rest[1:]
	case '\'':
		quoted, after, closed := strings.Cut(s.rest, "'")
		s.compound = s.compound || !closed
		b.WriteString(quoted)
		s.rest = after
	case '"':
		s.double(w, b)
	case '$', '`', '*', '?', '[':
		w.open = true
		b.WriteByte(c)
		s.braces(c, b)
	case '~':
		w.open = w.open || b.Len() == 0
		b.WriteByte(c)
	default:
		b.WriteByte(c)
	}
}

// braces keeps what stands in ${…} in one piece.
func (s *scanner) braces(c byte, b *strings.Builder) {
	switch {
	case c == '$' && strings.HasPrefix(s.rest, "("), c == '`':
		s.compound = true // a command within the command
	case c == '$' && strings.HasPrefix(s.rest, "{"):
		end := strings.IndexByte(s.rest, '}')
		if end < 0 {
			s.compound = true
			end = len(s.rest) - 1
		}
		b.WriteString(s.rest[:end+1])
		s.rest = s.rest[end+1:]
	}
}

func (s *scanner) double(w *word, b *strings.Builder) {
	for s.rest != "" {
		c := s.rest[0]
		s.rest = s.rest[1:]
		switch {
		case c == '"':
			return
		case c == '\\' && s.rest != "" && strings.IndexByte("$`\"\\\n", s.rest[0]) >= 0:
			if s.rest[0] != '\n' {
				b.WriteByte(s.rest[0])
			}
			s.rest = s.rest[1:]
		case c == '$' || c == '`':
			w.open = true
			b.WriteByte(c)
			s.braces(c, b)
		default:
			b.WriteByte(c)
		}
	}
	s.compound = true // never closed
}
