package browser

// tagEnd returns the size of a start tag, whose name is said to end at i: 0 if the
// tag has no end yet, -1 if the name goes on.
//
//	name ──space, /──▶ before ──any──▶ attribute ──=──▶ value ──quote──▶ quoted
//	                   ▲  ▲                │              │                │
//	                   │  └─────space, /───┘              └──any─▶ plain   │
//	                   └────────────────space───────────────────────┘      │
//	                   └────────────────the quote again────────────────────┘
//
// A > ends the tag everywhere but between quotes, and there are quotes only where a
// value begins.
func tagEnd(doc []byte, i int) int {
	if i >= len(doc) {
		return 0
	}
	if c := doc[i]; !isSpace(c) && c != '/' && c != '>' {
		return -1
	}
	where, quote := before, byte(0)
	for ; i < len(doc); i++ {
		c := doc[i]
		if where == quoted {
			if c == quote {
				where = before
			}
			continue
		}
		if c == '>' {
			return i + 1
		}
		where, quote = where.next(c)
	}
	return 0
}

type tagPart int

const (
	before    tagPart = iota // an attribute
	attribute                // in its name
	named                    // after it
	value                    // before its value
	plain                    // in a value without quotes
	quoted
)

func (p tagPart) next(c byte) (next tagPart, quote byte) {
	space := isSpace(c)
	switch p {
	case before:
		if space || c == '/' {
			return before, 0
		}
		return attribute, 0 // even if it is a =
	case attribute, named:
		switch {
		case c == '=':
			return value, 0
		case c == '/':
			return before, 0
		case space:
			return named, 0
		}
		return attribute, 0
	case value:
		switch {
		case space:
			return value, 0
		case c == '"' || c == '\'':
			return quoted, c
		}
		return plain, 0
	default:
		if space {
			return before, 0
		}
		return plain, 0
	}
}
