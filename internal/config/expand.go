package config

import (
	"strings"
)

// expand replaces ${VAR} and ${VAR:default} in s by variables, and $$ by $.
// The default, which ends at the first brace, counts for a variable that is
// unset; one that is set to nothing stays empty. A $ before anything else
// stays as it is, so that shell commands may use $VAR and $(command).
func expand(s string, vars map[string]string) (string, *fault) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "$")
		b.WriteString(before)
		switch {
		case !found:
			return b.String(), nil
		case strings.HasPrefix(after, "$"):
			b.WriteByte('$')
			s = after[1:]
		case strings.HasPrefix(after, "{"):
			reference, rest, closed := strings.Cut(after[1:], "}")
			if !closed {
				return "", dollarFault(wrong("${ is never closed"))
			}
			value, f := lookup(reference, vars)
			if f != nil {
				return "", f
			}
			b.WriteString(value)
			s = rest
		default:
			b.WriteByte('$')
			s = after
		}
	}
}

// lookup returns what stands for ${reference}.
func lookup(reference string, vars map[string]string) (string, *fault) {
	name, value, hasDefault := strings.Cut(reference, ":")
	switch set, isSet := vars[name]; {
	case !variableName(name):
		return "", dollarFault(wrong("%s is no variable", found("${"+reference+"}")))
	case strings.Contains(value, "${"):
		return "", dollarFault(wrong("the default of ${%s} holds another variable", name))
	case isSet:
		return set, nil
	case hasDefault:
		return value, nil
	default:
		f := wrong("${%s} is not set", name).hinted("set it, or write ${%s:default}", name)
		return "", &f
	}
}

func dollarFault(f fault) *fault {
	f = f.hinted("write $$ for a dollar")
	return &f
}

func variableName(s string) bool {
	return bare(s) && !strings.Contains(s, "-") && (s[0] < '0' || s[0] > '9')
}

// expandValue expands the strings of a leaf: a string or a list.
func expandValue(v any, vars map[string]string) (any, *fault) {
	switch v := v.(type) {
	case string:
		s, f := expand(v, vars)
		return s, f
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			e, f := expandValue(element, vars)
			if f != nil {
				f.element = i
				return v, f
			}
			out[i] = e
		}
		return out, nil
	default:
		return v, nil
	}
}
