package browser

import (
	"net/http"
	"strings"
	"testing"
)

func TestAdmit(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"upgrade-insecure-requests":   "upgrade-insecure-requests",
		"img-src *; style-src 'none'": "img-src *; style-src 'none'",
		"default-src 'none'":          "default-src 'none'; script-src 'self'; connect-src 'self'",
		"default-src 'self'":          "default-src 'self'",
		"default-src https:; script-src 'unsafe-inline'; connect-src a b": "default-src https:; script-src 'unsafe-inline' 'self'; connect-src a b 'self'",
		"script-src 'nonce-abc'":                                             "script-src 'nonce-abc' 'self'",
		"Script-Src  'NONE' ;; connect-src;":                                 "script-src 'self'; connect-src 'self'",
		"script-src-elem x; script-src y":                                    "script-src-elem x 'self'; script-src y",
		"script-src 'strict-dynamic' 'nonce-abc=='; connect-src 'self'":      "script-src 'strict-dynamic' 'nonce-abc=='; connect-src 'self'",
		"script-src 'strict-dynamic' 'sha256-x'":                             "script-src 'strict-dynamic' 'sha256-x' 'nonce-NEW'",
		"script-src a, default-src 'strict-dynamic' 'nonce-N'":               "script-src a 'self', default-src 'strict-dynamic' 'nonce-N'; connect-src 'strict-dynamic' 'nonce-N' 'self'",
		"script-src 'strict-dynamic' 'nonce-A', script-src 'strict-dynamic'": "script-src 'strict-dynamic' 'nonce-A', script-src 'strict-dynamic' 'nonce-A'",
		"script-src 'none'; script-src *":                                    "script-src 'self'",
	} {
		for _, name := range []string{"Content-Security-Policy", "Content-Security-Policy-Report-Only"} {
			h := http.Header{name: {in}}
			nonce := admit(h)
			got := h.Get(name)
			if strings.Contains(want, "NEW") {
				got = strings.ReplaceAll(got, nonce, "NEW")
			}
			if got != want {
				t.Errorf("%q\n got %q\nwant %q", in, got, want)
			}
			if (nonce != "") != strings.Contains(in, "strict-dynamic") || nonce != "" && !strings.Contains(h.Get(name), "'nonce-"+nonce+"'") {
				t.Errorf("%q: nonce %q", in, nonce)
			}
		}
	}
}

// Each header is a policy of its own, and the script has one nonce for all.
func TestAdmitWithOneNonce(t *testing.T) {
	h := http.Header{
		"Content-Security-Policy":             {"script-src 'strict-dynamic' 'nonce-A'", "script-src 'strict-dynamic' 'nonce-B'"},
		"Content-Security-Policy-Report-Only": {"script-src 'strict-dynamic'"},
	}
	if nonce := admit(h); nonce != "A" {
		t.Errorf("nonce %q", nonce)
	}
	for _, vv := range h {
		for _, v := range vv {
			if !strings.Contains(v, "'nonce-A'") {
				t.Errorf("%q does not let the script in", v)
			}
		}
	}
}

func FuzzAdmit(f *testing.F) {
	f.Add("default-src 'self'; script-src 'strict-dynamic' 'nonce-x', connect-src y;;")
	f.Fuzz(func(t *testing.T, in string) {
		h := http.Header{"Content-Security-Policy": {in}}
		nonce := admit(h)
		once := h.Get("Content-Security-Policy")
		if again := admit(h); again != nonce || h.Get("Content-Security-Policy") != once {
			t.Errorf("%q became %q, then %q", in, once, h.Get("Content-Security-Policy"))
		}
	})
}
