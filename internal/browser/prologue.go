package browser

import (
	"bytes"
	"strings"
)

// finding is what the beginning of a document says about where a script may go.
type finding int

const (
	more  finding = iota // nothing yet; at is the end of the last whole token, if all are whole, else -1
	here                 // at is the place
	never                // the document is not in an encoding that has ASCII in it
)

// findHead looks for the first place of a document that may hold a script: after
// the head's start tag, else before the first token that implies a head. Only
// white space, comments, a doctype and the html tag may come before it, so no
// script, style or text is ever searched, and the script becomes part of the head
// whichever tags were left out
// (https://html.spec.whatwg.org/multipage/parsing.html#the-before-html-insertion-mode
// and the two modes after it).
func findHead(doc []byte) (at int, f finding) {
	const mark = "\xef\xbb\xbf"
	for _, m := range []string{"\xfe\xff", "\xff\xfe", mark} {
		switch n := min(len(doc), len(m)); {
		case n == 0 || string(doc[:n]) != m[:n]:
		case n < len(m):
			return -1, more
		case m != mark: // UTF-16
			return 0, never
		}
	}
	for i := len(doc) - len(bytes.TrimPrefix(doc, []byte(mark))); ; {
		i = skipSpace(doc, i)
		if i == len(doc) {
			return i, more
		}
		size, kind := token(doc[i:])
		switch kind {
		case unknown:
			return -1, more
		case skipped:
			i += size
		case headTag:
			return i + size, here
		case other:
			return i, here
		}
	}
}

type tokenKind int

const (
	unknown tokenKind = iota // its end, or what it is, is not there yet
	skipped                  // a comment, a doctype or an html tag
	headTag
	other
)

// token tells what a document that is not at white space goes on with.
func token(doc []byte) (size int, kind tokenKind) {
	switch {
	case beginning(doc, "<!--"):
		size, kind = commentEnd(doc), skipped
	case beginning(doc, "<!"), beginning(doc, "<?"): // a doctype, or a comment in the eyes of a browser
		size, kind = bytes.IndexByte(doc, '>')+1, skipped
	case beginning(doc, "<html"):
		size, kind = tagEnd(doc, len("<html")), skipped
	case beginning(doc, "<head"):
		size, kind = tagEnd(doc, len("<head")), headTag
	default:
		return 0, other
	}
	switch {
	case size == 0:
		return 0, unknown
	case size < 0:
		return 0, other
	}
	return size, kind
}

// beginning reports whether doc begins with text, or may do so once there is
// more of it.
func beginning(doc []byte, text string) bool {
	n := min(len(doc), len(text))
	return strings.EqualFold(string(doc[:n]), text[:n])
}

// commentEnd returns the size of a comment, 0 if it has no end yet. Some comments
// end sooner or in other ways than their authors meant.
func commentEnd(doc []byte) int {
	const start = len("<!--")
	if len(doc) < start {
		return 0
	}
	body := doc[start:]
	for _, abrupt := range []string{">", "->"} {
		if bytes.HasPrefix(body, []byte(abrupt)) {
			return start + len(abrupt)
		}
	}
	size := 0
	for _, end := range []string{"-->", "--!>"} {
		if i := bytes.Index(body, []byte(end)); i >= 0 && (size == 0 || start+i+len(end) < size) {
			size = start + i + len(end)
		}
	}
	return size
}

func skipSpace(doc []byte, i int) int {
	for i < len(doc) && isSpace(doc[i]) {
		i++
	}
	return i
}

func isSpace(b byte) bool { return strings.IndexByte("\t\n\f\r ", b) >= 0 }
