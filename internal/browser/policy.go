package browser

import (
	"slices"
	"strings"
)

// policy is a Content-Security-Policy (https://www.w3.org/TR/CSP3/).
type policy []directive

type directive struct {
	name    string // in lower case
	sources []string
}

// parsePolicies reads a header, which may hold several policies. Of directives
// with one name the first counts.
func parsePolicies(header string) []policy {
	var all []policy
	for text := range strings.SplitSeq(header, ",") {
		var p policy
		for part := range strings.SplitSeq(text, ";") {
			words := strings.Fields(part)
			if len(words) == 0 {
				continue
			}
			d := directive{strings.ToLower(words[0]), words[1:]}
			if p.find(d.name) == nil {
				p = append(p, d)
			}
		}
		if len(p) > 0 {
			all = append(all, p)
		}
	}
	return all
}

func (p policy) String() string {
	parts := make([]string, len(p))
	for i, d := range p {
		parts[i] = strings.Join(append([]string{d.name}, d.sources...), " ")
	}
	return strings.Join(parts, "; ")
}

// find returns the first directive there is of some names, nil if there is none.
func (p policy) find(names ...string) *directive {
	for _, name := range names {
		if i := slices.IndexFunc(p, func(d directive) bool { return d.name == name }); i >= 0 {
			return &p[i]
		}
	}
	return nil
}

func (p policy) scripts() *directive { return p.find("script-src-elem", "script-src", "default-src") }

// strict reports whether a policy trusts scripts by nonce or hash alone,
// whatever their origin.
func (p policy) strict() bool {
	d := p.scripts()
	return d != nil && d.has("'strict-dynamic'")
}

// nonce returns the first nonce that scripts may have, "" if there is none.
func (p policy) nonce() string {
	d := p.scripts()
	if d == nil {
		return ""
	}
	for _, s := range d.sources {
		if text, ok := nonceOf(s); ok {
			return text
		}
	}
	return ""
}

// allow adds a source to a directive. If default-src stands for that, the directive
// becomes a wider copy, so that nothing else is widened.
func (p policy) allow(d *directive, name, source string) policy {
	if d == nil || d.has(source) {
		return p
	}
	sources := slices.DeleteFunc(slices.Clone(d.sources), func(s string) bool { return strings.EqualFold(s, "'none'") })
	sources = append(sources, source)
	if d.name != "default-src" {
		d.sources = sources
		return p
	}
	return append(p, directive{name, sources})
}

func (d *directive) has(source string) bool {
	return slices.ContainsFunc(d.sources, func(s string) bool {
		_, nonce := nonceOf(s)
		return s == source || !nonce && strings.EqualFold(s, source)
	})
}

// nonceOf returns the nonce of a source such as 'nonce-TEXT': base64 of either
// alphabet.
func nonceOf(source string) (text string, ok bool) {
	const prefix, suffix = "'nonce-", "'"
	if len(source) <= len(prefix)+len(suffix) || !strings.EqualFold(source[:len(prefix)], prefix) || !strings.HasSuffix(source, suffix) {
		return "", false
	}
	text = source[len(prefix) : len(source)-len(suffix)]
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="
	return text, strings.Trim(text, alphabet) == ""
}
