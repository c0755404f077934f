package browser

import (
	"mime"
	"net/http"
	"strings"
)

// adapt gives a page its script.
func (v *visit) adapt(res *http.Response) error {
	if res.StatusCode == http.StatusSwitchingProtocols {
		return nil
	}
	forbidGuesses(res.Header)
	if !v.page || !isPage(res) {
		return nil
	}
	coding := strings.ToLower(res.Header.Get("Content-Encoding"))
	switch coding {
	case "", "identity", "gzip", "x-gzip":
	default:
		return nil
	}
	forgetBytes(res.Header)
	nonce := admit(res.Header)
	if res.Request.Method == http.MethodHead {
		return nil
	}
	if strings.HasSuffix(coding, "gzip") {
		res.Body = &unzipped{from: res.Body}
	}
	res.Body = newInjector(res.Body, scriptTag(v.at, nonce))
	return nil
}

// forgetBytes removes what describes the bytes of a page as the service sent them.
func forgetBytes(h http.Header) {
	for _, name := range []string{
		"Content-Length", "Content-Encoding", "Etag", "Last-Modified", "Accept-Ranges",
		"Content-Md5", "Digest", "Content-Digest", "Repr-Digest",
	} {
		h.Del(name)
	}
}

// forbidGuesses has the browser ask again for what may have changed.
func forbidGuesses(h http.Header) {
	for _, name := range []string{"Cache-Control", "Expires", "Pragma"} {
		if h.Get(name) != "" {
			return
		}
	}
	h.Set("Cache-Control", "no-cache")
}

// isPage reports whether an answer is a whole HTML document to show, in an
// encoding that has ASCII in it.
func isPage(res *http.Response) bool {
	switch res.StatusCode {
	case http.StatusNoContent, http.StatusResetContent, http.StatusPartialContent, http.StatusNotModified:
		return false
	}
	kind, params, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || kind != "text/html" {
		return false
	}
	charset := strings.ToLower(params["charset"])
	if strings.HasPrefix(charset, "utf-16") || strings.HasPrefix(charset, "utf-32") {
		return false
	}
	shown, _, _ := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
	return shown != "attachment"
}
