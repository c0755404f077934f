package browser

import (
	"crypto/rand"
	"net/http"
	"strings"
)

// admit widens the policies of a page so far that they let its script load and
// read events, and returns the nonce that the script then needs, "" for none. A
// script that is let in by its origin takes nothing from the page. A nonce of
// ours would: where there is one, inline scripts need one too. So there is one only
// where origins do not count.
func admit(h http.Header) (nonce string) {
	headers := policyHeaders(h)
	for _, p := range headers {
		nonce = commonNonce(nonce, parsePolicies(*p))
	}
	for _, p := range headers {
		*p = widen(parsePolicies(*p), nonce)
	}
	return nonce
}

// policyHeaders returns the values of all headers that hold policies.
func policyHeaders(h http.Header) (values []*string) {
	for _, name := range []string{"Content-Security-Policy", "Content-Security-Policy-Report-Only"} {
		for i := range h[name] {
			values = append(values, &h[name][i])
		}
	}
	return values
}

// commonNonce keeps the nonce that was found before: a script has one, and all
// policies must let it in.
func commonNonce(nonce string, policies []policy) string {
	for _, p := range policies {
		if nonce != "" || !p.strict() {
			continue
		}
		if nonce = p.nonce(); nonce == "" {
			nonce = rand.Text()
		}
	}
	return nonce
}

func widen(policies []policy, nonce string) string {
	texts := make([]string, len(policies))
	for i, p := range policies {
		source := "'self'"
		if p.strict() {
			source = "'nonce-" + nonce + "'"
		}
		p = p.allow(p.scripts(), "script-src", source)
		p = p.allow(p.find("connect-src", "default-src"), "connect-src", "'self'")
		texts[i] = p.String()
	}
	return strings.Join(texts, ", ")
}
