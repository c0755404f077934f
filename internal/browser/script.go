package browser

import (
	_ "embed"
	"fmt"
	"io"
	"net/http"
)

// The parts of the script that pages get, in the order in which they are sent.
var (
	//go:embed client/overlay.js
	overlayScript string
	//go:embed client/styles.js
	stylesScript string
	//go:embed client/events.js
	eventsScript string
)

// serveScript keeps the parts' names out of the page's.
func serveScript(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	for _, part := range []string{"(() => {\n'use strict';\n", overlayScript, stylesScript, eventsScript, "})();\n"} {
		io.WriteString(w, part)
	}
}

// scriptTag is what is put into a page that was asked for at a place.
func scriptTag(at place, nonce string) string {
	if nonce != "" {
		nonce = fmt.Sprintf(" nonce=%q", nonce)
	}
	return fmt.Sprintf(`<script async%s src="%s?at=%s"></script>`, nonce, scriptPath, at)
}
